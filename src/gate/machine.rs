//! The machine that measured, as far as its times depend on it.

use std::env;
use std::fs;
use std::thread::available_parallelism;

/// The variable that names a machine where its hardware does not.
pub const MACHINE_VARIABLE: &str = "SPEEDUP_MACHINE";

/// A machine, by what sets its times apart from those of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The key: absolute times are only compared where it is the same.
    pub key: String,
    /// The processor's name, if the system tells.
    pub cpu: Option<String>,
    /// CPUs available.
    pub cpus: usize,
}

impl Machine {
    /// This machine. The key is its processor, the number of CPUs, and the
    /// system; or what `SPEEDUP_MACHINE` says.
    ///
    /// ```
    /// let machine = speedup::gate::Machine::this();
    /// assert!(machine.cpus >= 1 && !machine.key.is_empty());
    /// ```
    #[must_use]
    pub fn this() -> Self {
        let cpus = available_parallelism().map_or(1, usize::from);
        let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = text
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map(|(_, name)| name.trim().to_owned());
        let key = match env::var(MACHINE_VARIABLE) {
            Ok(key) if !key.trim().is_empty() => key.trim().to_owned(),
            _ => {
                let cpu = cpu.as_deref().unwrap_or("unknown CPU");
                format!("{cpu} x{cpus}, {}-{}", env::consts::OS, env::consts::ARCH)
            }
        };
        Self { key, cpu, cpus }
    }
}

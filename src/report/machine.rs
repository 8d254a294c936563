//! What can be known of the machine, as far as it matters to times.

use serde_json::{Value, json};
use std::fs;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

/// The machine that something was measured on; what can't be read is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Machine {
    /// What the processor calls itself.
    pub processor: Option<String>,
    /// CPUs that a program may use here.
    pub cores_available: Option<usize>,
    /// CPUs that are switched on.
    pub cores_online: Option<usize>,
    /// Main memory.
    pub memory_bytes: Option<u64>,
    /// The system's name and release.
    pub system: Option<String>,
    /// Whether it runs on another machine's processor.
    pub is_virtual: Option<bool>,
    /// Who chooses the clock's speed, such as `performance` or `powersave`.
    pub governor: Option<String>,
    /// Whether the processor may clock itself up for as long as it stays cool.
    pub has_turbo: Option<bool>,
}

impl Machine {
    /// This machine.
    ///
    /// ```
    /// let machine = speedup::report::Machine::here();
    /// assert!(machine.cores_available.is_some());
    /// ```
    #[must_use]
    pub fn here() -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self {
            processor: field(&processor, "model name"),
            cores_available: available_parallelism().ok().map(NonZeroUsize::get),
            cores_online: Some(processor.matches("processor\t").count()).filter(|cores| *cores > 0),
            memory_bytes: field(&memory, "MemTotal").and_then(|text| kilobytes(&text)),
            system: system(),
            is_virtual: field(&processor, "flags")
                .map(|flags| flags.split(' ').any(|flag| flag == "hypervisor")),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            has_turbo: line("/sys/devices/system/cpu/intel_pstate/no_turbo")
                .map(|text| text == "0")
                .or_else(|| line("/sys/devices/system/cpu/cpufreq/boost").map(|text| text == "1")),
        }
    }

    /// Whether the other may be the same machine: nothing known speaks against
    /// it.
    ///
    /// ```
    /// use speedup::report::Machine;
    ///
    /// let here = Machine::here();
    /// assert!(here.may_be(&Machine::default()));
    /// let other = Machine { processor: Some("another".into()), ..Machine::default() };
    /// let this = Machine { processor: Some("this".into()), ..Machine::default() };
    /// assert!(!this.may_be(&other));
    /// ```
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        agree(self.processor.as_ref(), other.processor.as_ref())
            && agree(
                self.cores_available.as_ref(),
                other.cores_available.as_ref(),
            )
            && agree(self.memory_bytes.as_ref(), other.memory_bytes.as_ref())
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "processor": self.processor,
            "cores_available": self.cores_available,
            "cores_online": self.cores_online,
            "memory_bytes": self.memory_bytes,
            "system": self.system,
            "is_virtual": self.is_virtual,
            "governor": self.governor,
            "has_turbo": self.has_turbo,
        })
    }

    pub(super) fn from_json(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let number = |name: &str| value[name].as_u64();
        let count = |name: &str| number(name).and_then(|number| usize::try_from(number).ok());
        Self {
            processor: text("processor"),
            cores_available: count("cores_available"),
            cores_online: count("cores_online"),
            memory_bytes: number("memory_bytes"),
            system: text("system"),
            is_virtual: value["is_virtual"].as_bool(),
            governor: text("governor"),
            has_turbo: value["has_turbo"].as_bool(),
        }
    }
}

/// The load of the last minute: how many threads ran or wanted to, on average.
///
/// ```
/// if let Some(load) = speedup::report::load() {
///     assert!(load >= 0.0);
/// }
/// ```
#[must_use]
pub fn load() -> Option<f64> {
    let text = line("/proc/loadavg")?;
    text.split(' ').next()?.parse().ok()
}

/// The value of `name: value`, the first one.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

fn kilobytes(text: &str) -> Option<u64> {
    let number: u64 = text.strip_suffix(" kB")?.parse().ok()?;
    number.checked_mul(1024)
}

fn system() -> Option<String> {
    let name = line("/proc/sys/kernel/ostype")?;
    let release = line("/proc/sys/kernel/osrelease")?;
    Some(format!("{name} {release}"))
}

fn line(path: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_read_back_as_it_was_written() {
        let machine = Machine::here();
        assert_eq!(Machine::from_json(&machine.to_json()), machine);
        let nothing = Machine::default();
        assert_eq!(Machine::from_json(&nothing.to_json()), nothing);
    }

    #[test]
    fn fields_of_proc_are_found_by_their_whole_name() {
        let text = "cpu family\t: 6\nmodel\t\t: 1\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(
            field(text, "model name").as_deref(),
            Some("Some CPU @ 2 GHz")
        );
        assert_eq!(field(text, "model").as_deref(), Some("1"));
        assert_eq!(field(text, "name"), None);
        assert_eq!(kilobytes("2048 kB"), Some(2 << 20));
        assert_eq!(kilobytes("2048"), None);
    }
}

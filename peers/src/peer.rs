//! Who is compared with: whether they are installed, and which version.

use crate::{gmp, machine, python};
use std::fmt;

/// Somebody else's program or library.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its name in the results.
    pub name: &'static str,
    /// Finds its version, or why it is missing.
    pub probe: fn() -> Result<String, Missing>,
}

/// Two peers of one name are the same one.
impl PartialEq for Peer {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Why a peer can't be measured here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What happened when it was looked for.
    pub why: String,
    /// What to do so that it is there next time.
    pub install: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; to have it: {}", self.why, self.install)
    }
}

/// A crate that is built into this program.
macro_rules! built_in {
    ($name:literal, $package:literal) => {
        Peer {
            name: $name,
            probe: || Ok(locked($package)),
        }
    };
}

/// The interpreter that `SPEEDUP_PYTHON` names, or `python3`.
pub const CPYTHON: Peer = Peer {
    name: "CPython",
    probe: python::version,
};
/// `joblib`, whose processes are loky's.
pub const JOBLIB: Peer = Peer {
    name: "joblib",
    probe: python::joblib_version,
};
/// GMP, through `rug`.
pub const GMP: Peer = Peer {
    name: "GMP",
    probe: gmp::version,
};
/// `malachite`, of which only the natural numbers are needed.
pub const MALACHITE: Peer = built_in!("malachite", "malachite-nz");
/// `dashu-int`.
pub const DASHU: Peer = built_in!("dashu-int", "dashu-int");
/// `num-bigint`, on which our algorithms run.
pub const NUM_BIGINT: Peer = built_in!("num-bigint", "num-bigint");
/// `rayon`.
pub const RAYON: Peer = built_in!("rayon", "rayon");
/// `procspawn`.
pub const PROCSPAWN: Peer = built_in!("procspawn", "procspawn");
/// `tokio`.
pub const TOKIO: Peer = built_in!("tokio", "tokio");

/// `memoize`, which writes our caches.
pub const MEMOIZE: Peer = built_in!("memoize", "memoize");
/// `cached`.
pub const CACHED: Peer = built_in!("cached", "cached");
/// `moka`.
pub const MOKA: Peer = built_in!("moka", "moka");
/// `quick_cache`.
pub const QUICK_CACHE: Peer = built_in!("quick_cache", "quick_cache");
/// Rust's own library, which has the compiler's version.
pub const STD: Peer = Peer {
    name: "std",
    probe: || Ok(machine::compiler().unwrap_or_else(|| "unknown".to_owned())),
};

/// The version of a package that this program is built with.
pub(crate) fn locked(package: &str) -> String {
    const LOCK: &str = include_str!("../Cargo.lock");
    let name = format!("name = \"{package}\"");
    let mut lines = LOCK.lines().skip_while(|line| *line != name).skip(1);
    let version = lines.next().and_then(|line| line.split('"').nth(1));
    version.unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_what_is_built_in_are_those_of_the_lock_file() {
        for peer in [
            CACHED,
            DASHU,
            MALACHITE,
            MEMOIZE,
            MOKA,
            NUM_BIGINT,
            PROCSPAWN,
            QUICK_CACHE,
            RAYON,
            TOKIO,
        ] {
            let version = (peer.probe)().expect("it is built in");
            let parts: Vec<&str> = version.split('.').collect();
            assert!(
                parts.len() == 3 && parts[0].parse::<u32>().is_ok(),
                "{} {version}",
                peer.name
            );
        }
        assert_eq!(locked("no-such-package"), "unknown");
    }
}

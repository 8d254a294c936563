//! The repository that is gated: a base, and revisions of it that are slower
//! by a known count, or the same, or in which a dependency has moved.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A kind of benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The last part of its id.
    pub(crate) name: &'static str,
    /// The constant of the package that counts its work, and its value.
    constant: &'static str,
    count: u32,
    /// The smallest of the slowdowns that are to be found, in percent.
    least: u32,
}

impl Kind {
    pub(crate) fn id(self) -> String {
        format!("kind/{}", self.name)
    }
}

pub(crate) const KINDS: [Kind; 4] = [
    Kind {
        name: "single_threaded",
        constant: "SINGLE_THREADED",
        count: 20_000,
        least: 4,
    },
    Kind {
        name: "rayon",
        constant: "RAYON",
        count: 40_000,
        least: 6,
    },
    Kind {
        name: "process_pool",
        constant: "PROCESS_POOL",
        count: 80_000,
        least: 6,
    },
    Kind {
        name: "sleep",
        constant: "SLEEP",
        count: 300,
        least: 6,
    },
];

/// The bench target with a benchmark a kind.
pub(crate) const KINDS_TARGET: &str = "kinds";

/// The bench target whose time goes into a dependency, and its ids.
pub(crate) const DEPENDENCY_TARGET: &str = "dependency";
pub(crate) const DEPENDENCY_IDS: [&str; 3] = [
    "dependency/multiply",
    "dependency/remainders",
    "dependency/add",
];

/// By how much benchmarks are slowed.
pub(crate) const PERCENTS: [u32; 3] = [4, 6, 10];

/// A benchmark that is slowed, and by how many percent.
pub(crate) type Culprit = (Kind, u32);

/// Those that are to be found; sizes change slowest, kinds fastest.
pub(crate) fn culprits() -> impl Iterator<Item = Culprit> {
    let all = PERCENTS
        .into_iter()
        .flat_map(|percent| KINDS.map(|kind| (kind, percent)));
    all.filter(|(kind, percent)| *percent >= kind.least)
}

/// Versions under which the same source is compiled to other layouts.
pub(crate) const REBUILT: usize = 10;

pub(crate) const BASE: &str = "base";

/// Revisions in which what lies behind a function that is never measured has moved.
pub(crate) const MOVED: usize = 10;

/// The base, with the places for functions that rustc has: multiples of 16 bytes.
pub(crate) const NOT_ALIGNED: &str = "not_aligned";

/// What makes the base that.
const NOT_ALIGNED_FLAGS: &str =
    "[build]\nrustflags = [\"-C\", \"llvm-args=-align-all-functions=4\"]\n";

/// The branch on which a benchmark is slowed.
pub(crate) fn slowed(kind: Kind, percent: u32) -> String {
    format!("{}-{percent}", kind.name)
}

/// The branch of the same source under another version.
pub(crate) fn rebuilt(index: usize) -> String {
    format!("rebuilt-{}", index % REBUILT)
}

/// The branch from a base on which a function has grown that is never measured.
pub(crate) fn moved(base: &str, index: usize) -> String {
    format!("{base}-moved-{}", index % MOVED)
}

/// The repository, and where its builds are kept.
pub(crate) struct Subject {
    pub(crate) root: PathBuf,
    pub(crate) cache: PathBuf,
}

impl Subject {
    /// Finds the repository that an earlier call made of the same files, or
    /// makes it.
    pub(crate) fn make() -> Result<Self, Box<dyn Error>> {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gate_rates");
        let subject = Self {
            root: place.join("repository"),
            cache: place.join("cache"),
        };
        let files = Self::files()?;
        let stamp = place.join("made_of");
        if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == format!("{files:?}")) {
            return Ok(subject);
        }
        if subject.root.exists() {
            fs::remove_dir_all(&subject.root)?;
        }
        subject.commit_all(&files)?;
        fs::write(&stamp, format!("{files:?}"))?;
        Ok(subject)
    }

    /// The package's files, with the path of `speedup` in them.
    fn files() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let package = own.join("examples/gate_rates/package");
        let mut files = Vec::new();
        for name in [
            "Cargo.toml",
            "src/lib.rs",
            "benches/kinds.rs",
            "benches/dependency.rs",
        ] {
            let path = package.join(name);
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("'{}': {error}", path.display()))?;
            files.push((name, text.replace("../../..", &own.to_string_lossy())));
        }
        // Dependencies as this package has them.
        files.push(("Cargo.lock", fs::read_to_string(own.join("Cargo.lock"))?));
        files.push((".gitignore", "/target/\n".to_owned()));
        Ok(files)
    }

    fn commit_all(&self, files: &[(&str, String)]) -> Result<(), Box<dyn Error>> {
        for folder in ["src", "benches", ".cargo"] {
            fs::create_dir_all(self.root.join(folder))?;
        }
        for (name, text) in files {
            fs::write(self.root.join(name), text)?;
        }
        // Cargo leaves out of the lock file what this package does not need.
        let status = Command::new("cargo")
            .args(["update", "--workspace", "--offline", "--quiet"])
            .current_dir(&self.root)
            .status()?;
        if !status.success() {
            return Err("cargo could not make the package's lock file".into());
        }
        self.git(&["init", "--quiet", "--initial-branch", BASE])?;
        self.commit("the base")?;
        for kind in KINDS {
            for percent in PERCENTS {
                let slower = kind.count * (100 + percent) / 100;
                let was = format!("{}: u32 = {};", kind.constant, digits(kind.count));
                let is = format!("{}: u32 = {};", kind.constant, digits(slower));
                self.branch(BASE, &slowed(kind, percent), "src/lib.rs", &was, &is)?;
            }
        }
        for index in 0..REBUILT {
            let is = format!("version = \"0.0.{}\"", index + 1);
            let was = "version = \"0.0.0\"";
            self.branch(BASE, &rebuilt(index), "Cargo.toml", was, &is)?;
        }
        self.git(&["checkout", "--quiet", "-b", NOT_ALIGNED, BASE])?;
        fs::write(self.root.join(".cargo/config.toml"), NOT_ALIGNED_FLAGS)?;
        self.commit(NOT_ALIGNED)?;
        let file = "benches/dependency.rs";
        for base in [BASE, NOT_ALIGNED] {
            for index in 0..MOVED {
                let was = "    // here\n";
                let is = "    value = black_box(value ^ 1);\n".repeat(index + 1);
                self.branch(base, &moved(base, index), file, was, &is)?;
            }
        }
        self.git(&["checkout", "--quiet", BASE])
    }

    /// A branch from a base, on which a text of a file is another.
    fn branch(
        &self,
        base: &str,
        name: &str,
        file: &str,
        was: &str,
        is: &str,
    ) -> Result<(), Box<dyn Error>> {
        self.git(&["checkout", "--quiet", "-b", name, base])?;
        let path = self.root.join(file);
        let text = fs::read_to_string(&path)?;
        if text.matches(was).count() != 1 {
            return Err(format!("'{was}' does not stand once in {file}").into());
        }
        fs::write(&path, text.replacen(was, is, 1))?;
        self.commit(name)
    }

    fn commit(&self, message: &str) -> Result<(), Box<dyn Error>> {
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "--message", message])
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=gate_rates",
                "-c",
                "user.email=gate@localhost",
            ])
            .args(arguments)
            .current_dir(&self.root)
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("git {}: {said}", arguments.join(" ")).into())
    }
}

/// With an underscore at the thousands, as in the source.
fn digits(count: u32) -> String {
    match count {
        0..10_000 => count.to_string(),
        _ => format!("{}_{:03}", count / 1000, count % 1000),
    }
}

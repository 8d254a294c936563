//! Built suites of a revision, kept from one gate to the next.

use super::compiler::{self, Metadata};
use super::error::{GateError, Side};
use super::git::Revision;
use super::keeper::Keeper;
use super::outside::Outside;
use super::package::{Package, cargo};
use super::place::{Place, fingerprint};
use serde_json::{Value, json};
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// Lines of cargo's output that an error quotes.
const LAST_LINES: usize = 25;

/// Builds that are kept.
const KEPT: usize = 64;

/// Environment variables that change what is built begin with one of these.
const FLAGS: [&str; 8] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_PROFILE_",
    "CARGO_BUILD_",
    "CARGO_TARGET_",
    "CARGO_INCREMENTAL",
    "RUSTC",
    "CFLAGS",
];

/// Those of them that don't.
const NO_FLAGS: [&str; 3] = [
    "CARGO_TARGET_DIR",
    "CARGO_TARGET_TMPDIR",
    "CARGO_BUILD_JOBS",
];

/// What is built of a package.
#[derive(Debug, Clone, Default)]
pub(super) struct What {
    /// Bench targets; all of them, if none is named.
    pub(super) benches: Vec<String>,
    /// More arguments for cargo.
    pub(super) cargo_arguments: Vec<String>,
}

/// A built bench target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suite {
    /// The bench target; with the folder of its package in front, if that is
    /// not the one that was asked for.
    pub(super) target: String,
    pub(super) executable: PathBuf,
    /// The folder of its package, in which Cargo would start it.
    pub(super) folder: PathBuf,
}

/// The suites of a revision.
#[derive(Debug, Clone)]
pub(super) struct Build {
    pub(super) suites: Vec<Suite>,
    /// What `rustc -vV` says there.
    pub(super) toolchain: String,
}

/// All that builds share.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    pub(super) place: &'a Place,
    pub(super) package: &'a Package,
    pub(super) what: &'a What,
    pub(super) keeper: &'a mut Keeper,
}

impl Builder<'_> {
    /// The suites of a revision, whose worktree is there; built, or found.
    pub(super) fn build(
        &mut self,
        side: Side,
        revision: &Revision,
        metadata: Metadata,
    ) -> Result<Build, GateError> {
        let tree = self.place.tree(side);
        let manifest = tree.join(&self.package.manifest);
        if !manifest.is_file() {
            return Err(GateError::NoPackageAt {
                side,
                revision: revision.name.clone(),
                manifest: self.package.manifest.clone(),
            });
        }
        self.add_lock_file(&tree)?;
        let folder = tree.join(self.package.folder());
        let toolchain = toolchain(&folder)?;
        let key = self.key(side, revision, metadata, &toolchain);
        let kept = self.place.builds().join(fingerprint(key.as_bytes()));
        let suites = match found(&kept, &key, &tree) {
            Some(suites) => suites,
            None => self.cargo(side, revision, metadata, &kept, &key)?,
        };
        Ok(Build { suites, toolchain })
    }

    /// Versions of dependencies are the user's even if git ignores
    /// `Cargo.lock`, as many libraries have it.
    fn add_lock_file(&self, tree: &Path) -> Result<(), GateError> {
        let own = self.package.lock_file();
        let there = tree.join(&self.package.workspace).join("Cargo.lock");
        if own.is_file() && !there.exists() {
            fs::copy(&own, &there).map_err(GateError::file("write", there))?;
        }
        Ok(())
    }

    /// All that decides what comes out.
    fn key(&self, side: Side, revision: &Revision, metadata: Metadata, toolchain: &str) -> String {
        let is_flag = |name: &str| {
            FLAGS.iter().any(|start| name.starts_with(start)) && !NO_FLAGS.contains(&name)
        };
        let mut flags: Vec<String> = env::vars()
            .filter(|(name, _)| is_flag(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        flags.sort();
        let lock_file = self.place.tree(side).join(&self.package.workspace);
        let lock_file = fs::read(lock_file.join("Cargo.lock")).unwrap_or_default();
        format!(
            "{} {} {side} {} {metadata:?} {} {:?} {flags:?} {}\n{toolchain}",
            env!("CARGO_PKG_VERSION"),
            fingerprint(compiler::SCRIPTS.concat().as_bytes()),
            revision.tree,
            self.package.manifest.display(),
            (&self.what.benches, &self.what.cargo_arguments),
            fingerprint(&lock_file),
        )
    }

    fn cargo(
        &mut self,
        side: Side,
        revision: &Revision,
        metadata: Metadata,
        kept: &Path,
        key: &str,
    ) -> Result<Vec<Suite>, GateError> {
        let tree = self.place.tree(side);
        let folder = tree.join(self.package.folder());
        let log = self.place.log(side);
        let file = File::create(&log).map_err(GateError::file("write", &log))?;
        let mut command = Command::new(cargo());
        command
            .args(["bench", "--no-run", "--color=never"])
            .arg("--message-format=json-render-diagnostics")
            .arg("--manifest-path")
            .arg(tree.join(&self.package.manifest));
        if self.what.benches.is_empty() {
            command.arg("--benches");
        }
        for target in &self.what.benches {
            command.args(["--bench", target]);
        }
        command
            .args(&self.what.cargo_arguments)
            // Flags and toolchains are looked for from here upwards.
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", self.place.target(side))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file);
        compiler::set(&mut command, &folder, metadata, self.place)?;
        let output = self.keeper.run("cargo", &mut command)?;
        if !output.status.success() {
            return Err(self.not_built(side, revision, log));
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let built = self.executables(&messages, &tree);
        if built.is_empty() {
            return Err(GateError::NoBenches {
                side,
                revision: revision.name.clone(),
                named: self.what.benches.clone(),
            });
        }
        let outside = Outside::of(&messages, &tree);
        let suites = keep(built, &tree, &outside, kept, key)?;
        forget_old(&self.place.builds());
        Ok(suites)
    }

    fn not_built(&self, side: Side, revision: &Revision, log: PathBuf) -> GateError {
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let revision = revision.name.clone();
        // Cargo's own words for a target that is not there.
        if text.contains("no bench target") {
            return GateError::NoBenches {
                side,
                revision,
                named: self.what.benches.clone(),
            };
        }
        GateError::DoesNotCompile {
            side,
            revision,
            said: lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"),
            log,
        }
    }

    /// The bench executables among Cargo's messages.
    fn executables(&self, messages: &str, tree: &Path) -> Vec<Suite> {
        let own = tree.join(self.package.folder());
        let bench = |message: &Value| {
            let target = &message["target"];
            if !target["kind"]
                .as_array()?
                .iter()
                .any(|kind| kind == "bench")
            {
                return None;
            }
            let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
            let name = target["name"].as_str()?;
            Some(Suite {
                target: if folder == own {
                    name.to_owned()
                } else {
                    let folder = folder.strip_prefix(tree).unwrap_or(folder);
                    format!("{}:{name}", folder.display())
                },
                executable: message["executable"].as_str()?.into(),
                folder: folder.to_owned(),
            })
        };
        let mut suites: Vec<Suite> = messages
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter_map(|message| bench(&message))
            .collect();
        suites.sort_by(|a, b| a.target.cmp(&b.target));
        suites
    }
}

fn toolchain(folder: &Path) -> Result<String, GateError> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").current_dir(folder).output();
    let output = output.map_err(|error| GateError::Program {
        program: "rustc",
        error,
    })?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// An earlier build, if it is whole and nothing outside the tree has changed.
fn found(kept: &Path, key: &str, tree: &Path) -> Option<Vec<Suite>> {
    let about: Value = serde_json::from_slice(&fs::read(kept.join("build.json")).ok()?).ok()?;
    if about["key"] != key || !Outside::from_json(&about["outside"])?.is_unchanged() {
        return None;
    }
    let suite = |value: &Value| {
        let executable = kept.join(value["executable"].as_str()?);
        executable.is_file().then_some(Suite {
            target: value["target"].as_str()?.to_owned(),
            executable,
            folder: tree.join(value["folder"].as_str()?),
        })
    };
    about["suites"].as_array()?.iter().map(suite).collect()
}

/// Copies the executables to where the next build leaves them alone.
fn keep(
    built: Vec<Suite>,
    tree: &Path,
    outside: &Outside,
    kept: &Path,
    key: &str,
) -> Result<Vec<Suite>, GateError> {
    let _ = fs::remove_dir_all(kept);
    fs::create_dir_all(kept).map_err(GateError::file("make the folder", kept))?;
    let mut suites = Vec::new();
    let mut about = Vec::new();
    for (index, suite) in built.into_iter().enumerate() {
        let name = format!("suite-{index}");
        let executable = kept.join(&name);
        fs::copy(&suite.executable, &executable).map_err(GateError::file("write", &executable))?;
        let folder = suite.folder.strip_prefix(tree).unwrap_or(&suite.folder);
        about.push(json!({
            "target": suite.target,
            "executable": name,
            "folder": folder.to_string_lossy(),
        }));
        suites.push(Suite {
            executable,
            ..suite
        });
    }
    // Written last: without it there is no build.
    let about = json!({ "key": key, "suites": about, "outside": outside.to_json() });
    let path = kept.join("build.json");
    fs::write(&path, format!("{about:#}\n")).map_err(GateError::file("write", &path))?;
    Ok(suites)
}

/// Removes all but the newest builds.
fn forget_old(builds: &Path) {
    let modified = |path: &Path| {
        let about = fs::metadata(path.join("build.json"));
        about
            .and_then(|about| about.modified())
            .unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let entries = fs::read_dir(builds).into_iter().flatten().flatten();
    let mut folders: Vec<(SystemTime, PathBuf)> = entries
        .map(|entry| (modified(&entry.path()), entry.path()))
        .collect();
    folders.sort();
    folders.reverse();
    for (_, folder) in folders.into_iter().skip(KEPT) {
        // What can't be removed now can be next time.
        let _ = fs::remove_dir_all(folder);
    }
}

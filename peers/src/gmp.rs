//! GMP as an external side: a program beside this one, in `gmp/`.
//!
//! It is a program of its own because it needs more than cargo to be built: a C
//! compiler, make and m4 (GMP is then built from the sources that `rug` brings
//! along), or the system's GMP with its header. Where there is neither, this
//! program still builds, and names GMP as skipped.

use crate::external::External;
use crate::job::{Contender, Outcome};
use crate::peer::{Missing, locked};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACKAGE: &str = "speedup-peers-gmp";

/// Starts GMP on its work; for the arguments see `gmp/src/main.rs`.
pub(crate) fn gmp(arguments: &[&str]) -> Outcome<impl Contender + use<>> {
    External::start("GMP", Command::new(program()?).args(arguments))
}

/// Builds the program where it isn't built, and asks for the version.
pub(crate) fn version() -> Result<String, Missing> {
    build()
        .and_then(|()| External::start("GMP", &mut Command::new(program()?))?.ask("version"))
        .map(|version| format!("{version} through rug {}", locked("rug")))
        .map_err(|error| Missing {
            why: error.to_string(),
            install: "install gcc, make and m4 (on Debian: apt install gcc make m4), or the \
                      system's GMP with its header (libgmp-dev)"
                .to_owned(),
        })
}

fn build() -> Outcome<()> {
    let target = target()?;
    if !program()?.exists() {
        eprintln!("building GMP, once: this takes about two minutes");
    }
    // `cargo run` says which cargo it is.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--package",
            PACKAGE,
        ])
        .arg("--manifest-path")
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .stdin(Stdio::null());
    if !["m4", "make"].into_iter().all(is_installed) {
        command.args(["--features", "system"]);
    }
    let output = command
        .output()
        .map_err(|error| format!("cargo can't be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let why = text.lines().find(|line| line.starts_with("error"));
    Err(format!("can't be built: {}", why.unwrap_or("cargo failed")).into())
}

fn is_installed(tool: &str) -> bool {
    Command::new(tool)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The folder that this program was built into.
fn target() -> Outcome<PathBuf> {
    let here = env::current_exe()?;
    let target = here.ancestors().nth(2);
    Ok(target.ok_or("this program lies in no folder")?.to_owned())
}

fn program() -> Outcome<PathBuf> {
    let name = format!("{PACKAGE}{}", env::consts::EXE_SUFFIX);
    Ok(target()?.join("release").join(name))
}

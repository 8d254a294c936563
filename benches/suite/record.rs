//! The record of a run: what was measured, by which build, on which machine.

use speedup::catalog::SCALE_VARIABLE;
use speedup::report::{Folders, Input, Machine, Report, Run, load, shown};
use speedup::whole_file::write_with_folder;
use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Notes what is known before the run.
pub(super) fn begin() -> Result<Run, Box<dyn Error>> {
    let start = now()?;
    let package = package();
    Ok(Run {
        since_unix_s: start,
        started_unix_s: start,
        ended_unix_s: start,
        command: command(),
        build: build()?,
        scale: env::var(SCALE_VARIABLE).unwrap_or_else(|_| "1".to_owned()),
        commit: said(
            Command::new("git")
                .current_dir(&package)
                .args(["rev-parse", "HEAD"]),
        ),
        is_dirty: is_dirty(&package),
        toolchain: said(
            Command::new(
                env::var_os("RUSTC")
                    .as_deref()
                    .unwrap_or(OsStr::new("rustc")),
            )
            .arg("--version"),
        ),
        machine: Machine::here(),
        load_before: load(),
    })
}

/// After a rebuild and with a filter, nearly all earlier results are left out:
/// so many of them are named on the terminal.
const MOST_NAMED: usize = 5;

/// Completes the record and writes the page. The last line that is printed
/// names it.
pub(super) fn end(mut run: Run, criterion: &Path, records: &Path) -> Result<(), Box<dyn Error>> {
    run.ended_unix_s = now()?;
    run.store(records)
        .map_err(|error| format!("can't write run.json to '{}': {error}", records.display()))?;
    let folders = Folders {
        criterion: criterion.to_owned(),
        records: records.to_owned(),
        page: records.to_owned(),
    };
    let report = Report::new(&Input::read(&folders)?, None);
    let left_out = &report.rows.left_out;
    for one in left_out.iter().take(MOST_NAMED) {
        println!("left out of the report: {}", shown(&one.to_string()));
    }
    if left_out.len() > MOST_NAMED {
        println!(
            "left out of the report: {} more, which the page names",
            left_out.len() - MOST_NAMED
        );
    }
    let page = records.join("index.html");
    write_with_folder(&page, report.html().as_bytes()).map_err(|error| {
        format!(
            "can't write '{}': {error}; the earlier page is intact",
            page.display()
        )
    })?;
    println!("Report: {}", page.display());
    Ok(())
}

fn now() -> Result<u64, Box<dyn Error>> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// The package, wherever the suite was started from.
fn package() -> PathBuf {
    let compiled = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(compiled, PathBuf::from)
}

/// What to type to measure the same again.
fn command() -> String {
    let variables = [SCALE_VARIABLE, "SPEEDUP_PAIRED"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}={} ", env::var(name).ok()?)));
    let arguments: Vec<String> = env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(|argument| quoted(&argument))
        .collect();
    let arguments = if arguments.is_empty() {
        String::new()
    } else {
        format!(" -- {}", arguments.join(" "))
    };
    format!("{}cargo bench{arguments}", variables.collect::<String>())
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./@=,:+".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(is_plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

/// What tells this executable from one that was built before or after.
fn build() -> Result<String, Box<dyn Error>> {
    let executable = env::current_exe()?;
    let about = fs::metadata(&executable)?;
    let built = about.modified()?.duration_since(UNIX_EPOCH)?;
    let name = executable.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!(
        "{name}, {} bytes, {}",
        about.len(),
        built.as_nanos()
    ))
}

/// Whether tracked files differ from the commit; unknown without Git.
fn is_dirty(package: &Path) -> Option<bool> {
    let output = Command::new("git")
        .current_dir(package)
        .args(["status", "--porcelain", "--untracked-files=no"])
        .output()
        .ok()?;
    output.status.success().then_some(!output.stdout.is_empty())
}

/// The first line that a program says; none where it can't be started or fails.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.to_owned();
    (output.status.success() && !line.is_empty()).then_some(line)
}

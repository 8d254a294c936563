//! `speedup report`: what it writes, prints, and says when something is wrong.

#![cfg(all(feature = "cli", feature = "report"))]

mod report_support;

use report_support::{Fixture, write_row_as};
use speedup::report::{Folders, Input, Report};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn few(id: &str) -> bool {
    id.starts_with("format/")
}

fn speedup(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_speedup"))
        .arg("report")
        .args(arguments)
        .current_dir(folder)
        .env_remove("CRITERION_HOME")
        .output()
        .expect("the command can be started")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("the folder's name is Unicode")
}

#[test]
fn it_writes_the_page_beside_the_results_and_names_it() {
    let fixture = Fixture::new(2, few);
    let output = speedup(&["--from", path(fixture.folder())], Path::new("/"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = fixture.folder().join("index.html");
    assert_eq!(stdout(&output), format!("Report: {}\n", page.display()));
    assert!(
        fs::read_to_string(page)
            .expect("the page")
            .starts_with("<!doctype html>")
    );
}

#[test]
fn without_folders_it_looks_where_the_suite_puts_its_results() {
    let fixture = Fixture::new(2, few);
    let place = tempfile::tempdir().expect("a folder");
    let reports = place.path().join("reports");
    fs::rename(fixture.folder(), &reports).expect("moved");
    let output = speedup(&[], place.path());
    assert_eq!(
        stdout(&output),
        "Report: reports/index.html\n",
        "{}",
        stderr(&output)
    );

    let home = reports.join("criterion");
    fs::rename(reports.join("run.json"), home.join("run.json")).expect("moved");
    let output = Command::new(env!("CARGO_BIN_EXE_speedup"))
        .args(["report", "--json"])
        .current_dir("/")
        .env("CRITERION_HOME", &home)
        .output()
        .expect("the command can be started");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["tables"]["run"]["rows"][0]["value"], "cargo bench");
}

#[test]
fn the_other_formats_are_printed_and_no_page_is_written() {
    let fixture = Fixture::new(2, few);
    let folder = path(fixture.folder());
    for (flag, beginning) in [
        ("--json", "{"),
        ("--csv", "table,row,name,"),
        ("--markdown", "# What concurrency buys"),
    ] {
        let output = speedup(&["--from", folder, flag], Path::new("/"));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).starts_with(beginning), "{flag}");
    }
    assert!(!fixture.folder().join("index.html").exists());
    let both = speedup(&["--json", "--csv"], Path::new("/"));
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn links_lead_to_the_files_from_wherever_the_page_is() {
    let fixture = Fixture::new(2, few);
    let pages = tempfile::tempdir().expect("a folder");
    let page = pages.path().join("deep/er/page.html");
    let arguments = ["--from", path(fixture.folder()), "--output", path(&page)];
    let output = speedup(&arguments, Path::new("/"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = fs::read_to_string(&page).expect("the page");
    let links = text
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let mut files = 0;
    for link in links.filter(|link| !link.starts_with('#') && !link.starts_with("data:")) {
        let file = page
            .parent()
            .expect("a folder")
            .join(link.replace("%40", "@"));
        assert!(file.is_file(), "{link} leads nowhere");
        files += 1;
    }
    assert!(files >= 10, "{files}");
}

#[test]
fn what_is_left_out_is_named_on_the_terminal_without_steering_it() {
    let fixture = Fixture::new(2, few);
    write_row_as(
        &fixture.criterion(),
        "\u{1b}[31mred\u{1b}[0m",
        "hostile",
        5.0,
    );
    let output = speedup(&["--from", path(fixture.folder())], Path::new("/"));
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(
        said.contains("left out: 'hostile'") && said.contains("[31mred"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn a_folder_that_is_not_there_is_wrong_usage() {
    for wrong in ["/nowhere/at/all", env!("CARGO_BIN_EXE_speedup")] {
        let output = speedup(&["--from", wrong], Path::new("/"));
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(stderr(&output).contains(wrong), "{}", stderr(&output));
    }
}

#[test]
fn a_page_that_cannot_be_written_is_an_error_that_says_so() {
    let fixture = Fixture::new(2, few);
    let file = fixture.folder().join("file");
    fs::write(&file, "in the way").expect("a file");
    let page = file.join("index.html");
    let arguments = ["--from", path(fixture.folder()), "--output", path(&page)];
    let output = speedup(&arguments, Path::new("/"));
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("can't write") && said.contains("--output"),
        "{said}"
    );
}

/// A limit on the size of files stands for a disk that fills up: writing breaks
/// off in the middle.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_page_intact_and_nothing_beside_it() {
    let fixture = Fixture::new(2, few);
    let page = fixture.folder().join("index.html");
    fs::write(&page, "the old page").expect("a file");
    let before = fs::read_dir(fixture.folder()).expect("a folder").count();
    let output = Command::new("bash")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 8; exec \"$0\" report --from \"$1\"",
        ])
        .args([env!("CARGO_BIN_EXE_speedup"), path(fixture.folder())])
        .output()
        .expect("bash can be started");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("is intact"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&page).expect("the page"), "the old page");
    assert_eq!(
        fs::read_dir(fixture.folder()).expect("a folder").count(),
        before
    );
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_an_error_and_one_that_is_closed_is_none() {
    let fixture = Fixture::new(2, few);
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let mut command = Command::new(env!("CARGO_BIN_EXE_speedup"));
    command.args(["report", "--csv", "--from", path(fixture.folder())]);
    let output = command
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("standard output"),
        "{}",
        stderr(&output)
    );
    let output = Command::new("bash")
        .args([
            "-o",
            "pipefail",
            "-c",
            "\"$0\" report --csv --from \"$1\" | head -1",
        ])
        .args([env!("CARGO_BIN_EXE_speedup"), path(fixture.folder())])
        .output()
        .expect("bash can be started");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn readme_is_renewed_between_its_markers_only() {
    let fixture = Fixture::new(2, |id| few(id) || id.contains("10-8-5"));
    let place = tempfile::tempdir().expect("a folder");
    let readme = place.path().join("README.md");
    let old = "# Mine\n\n<!-- results: made by `speedup report --readme`, from reports/sample -->\n\
               old\n<!-- /results -->\n\nRest\n";
    fs::write(&readme, old).expect("a file");
    let arguments = ["--readme", "--from", path(fixture.folder())];
    let output = speedup(&arguments, place.path());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let new = fs::read_to_string(&readme).expect("a file");
    assert!(new.starts_with("# Mine\n") && new.ends_with("\n\nRest\n") && !new.contains("\nold\n"));
    assert!(new.contains("| Does waiting overlap? |"), "{new}");

    fs::write(&readme, "# No markers\n").expect("a file");
    let output = speedup(&arguments, place.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("marker"), "{}", stderr(&output));
    assert_eq!(
        fs::read_to_string(&readme).expect("a file"),
        "# No markers\n"
    );

    let empty = tempfile::tempdir().expect("a folder");
    fs::write(&readme, old).expect("a file");
    let output = speedup(&["--readme", "--from", path(empty.path())], place.path());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&readme).expect("a file"), old);
}

/// The sample in the repository.
fn sample() -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample");
    let input = Input::read(&Folders::within(&folder)).expect("a folder");
    let report = Report::new(&input, None);
    assert_eq!(report.rows.left_out, [], "the sample is whole");
    assert!(report.rows.missing.is_empty(), "the sample is complete");
    report
}

#[test]
fn the_results_in_readme_are_those_of_the_sample() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("README.md");
    let renewed = sample()
        .renew_readme(&readme)
        .expect("README has the markers");
    assert_eq!(readme, renewed, "run `speedup report --readme`");
}

#[test]
fn the_files_of_the_sample_are_what_its_results_make() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample");
    let stored = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let report = sample();
    let again = "run `bash reports/sample/renew`";
    assert!(stored("index.html") == report.html(), "index.html: {again}");
    assert!(stored("report.csv") == report.csv(), "report.csv: {again}");
    assert!(
        stored("report.json") == format!("{:#}\n", report.json()),
        "report.json: {again}"
    );
}

//! `speedup report`.

use super::{Exit, Failure};
use clap::Args;
use speedup::report::{Folders, Input, Machine, Report, shown};
use speedup::whole_file::write_with_folder;
use std::env;
use std::fs;
use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  speedup report --open
      the page of the last `cargo bench` again, and show it
  speedup report --from reports/sample --output /tmp/sample.html
      the page of results that lie elsewhere
  speedup report --csv > numbers.csv
      every number of the page, without writing the page

Exit codes: 0 written, 1 failed, 2 wrong usage.";

/// What stands in the repository and is shown by README.
const SAMPLE: &str = "reports/sample";

/// Write the page of the last run again, without measuring
///
/// Files that can't be used are named and left out. The page is written aside
/// and moved into its place, so the earlier one stays whole whatever happens.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "one a flag")]
pub(super) struct Options {
    /// The folder with the results: Criterion's files in its folder
    /// `criterion`, and run.json, paired.json, cost.json and peers.json beside it
    /// [default: reports, or `CRITERION_HOME` with everything in it]
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,

    /// Where the page goes [default: index.html in the folder with the results]
    #[arg(long, short, value_name = "FILE", conflicts_with_all = ["json", "csv", "markdown", "readme"])]
    output: Option<PathBuf>,

    /// Show the page in the browser
    #[arg(long, conflicts_with_all = ["json", "csv", "markdown", "readme"])]
    open: bool,

    /// Print everything on the page as JSON (schema 1) instead of writing it
    #[arg(long, conflicts_with_all = ["csv", "markdown", "readme"])]
    json: bool,

    /// Print every number on the page as CSV instead of writing it
    #[arg(long, conflicts_with_all = ["markdown", "readme"])]
    csv: bool,

    /// Print everything on the page as Markdown instead of writing it
    #[arg(long, conflicts_with = "readme")]
    markdown: bool,

    /// Do not warn if the results are of another machine than this one
    #[arg(long)]
    any_machine: bool,

    /// Renew the results in README.md of this folder, and the table of peers if
    /// they were measured, between their markers, from reports/sample or the folder that --from names
    #[arg(long)]
    readme: bool,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    if options.readme {
        return readme(options.from.as_deref().unwrap_or(Path::new(SAMPLE)));
    }
    let mut folders = folders(options.from.as_deref())?;
    let page = options
        .output
        .clone()
        .unwrap_or_else(|| folders.page.join("index.html"));
    folders.page = page.parent().map(Path::to_owned).unwrap_or_default();
    let here = (!options.any_machine).then(Machine::here);
    let report = report(&folders, here.as_ref())?;
    if options.json {
        print(&format!("{:#}\n", report.json()))
    } else if options.csv {
        print(&report.csv())
    } else if options.markdown {
        print(&report.markdown())
    } else {
        write(&page, &report.html())?;
        println!("Report: {}", page.display());
        show(options.open, &page)
    }
}

/// Where the results are: in the folder that is named, or where the suite puts
/// them.
fn folders(from: Option<&Path>) -> Result<Folders, Failure> {
    if let Some(from) = from {
        return match fs::metadata(from) {
            Ok(about) if about.is_dir() => Ok(Folders::within(from)),
            Ok(_) => Err(Failure::new(
                Exit::Usage,
                &format!(
                    "'{}' is no folder; --from takes one with results",
                    from.display()
                ),
            )),
            Err(error) => Err(Failure::new(
                Exit::Usage,
                &format!(
                    "can't look into '{}': {error}; --from takes a folder with results",
                    from.display()
                ),
            )),
        };
    }
    let home = env::var_os(speedup::criterion_files::HOME_VARIABLE).filter(|home| !home.is_empty());
    Ok(match home {
        Some(home) => Folders {
            criterion: home.clone().into(),
            records: home.clone().into(),
            page: home.into(),
        },
        None => Folders::within(Path::new("reports")),
    })
}

/// Reads and joins, and names what is left out.
fn report(folders: &Folders, here: Option<&Machine>) -> Result<Report, Failure> {
    let input = Input::read(folders).map_err(|error| Failure::new(Exit::Failed, &error))?;
    let report = Report::new(&input, here);
    for left_out in &report.rows.left_out {
        eprintln!("left out: {}", shown(&left_out.to_string()));
    }
    Ok(report)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_with_folder(path, text.as_bytes()).map_err(|error| {
        let why = format!(
            "can't write '{}': {error}; make room or give write access there, or name another file \
             with --output. What stood there before is intact",
            path.display()
        );
        Failure::new(Exit::Failed, &why)
    })
}

/// Prints all of it. Whoever reads only the beginning, `head` say, is content.
fn print(text: &str) -> Result<(), Failure> {
    match stdout()
        .write_all(text.as_bytes())
        .and_then(|()| stdout().flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            &format!("can't write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

fn show(is_wanted: bool, page: &Path) -> Result<(), Failure> {
    if !is_wanted {
        return Ok(());
    }
    let absolute = std::path::absolute(page).unwrap_or_else(|_| page.to_owned());
    open::that(&absolute).map_err(|error| {
        let why = format!(
            "no browser can be started: {error}; open '{}' yourself",
            absolute.display()
        );
        Failure::new(Exit::Failed, &why)
    })
}

fn readme(sample: &Path) -> Result<(), Failure> {
    let path = Path::new("README.md");
    let failed = |why: String| Failure::new(Exit::Failed, &why);
    let folders = folders(Some(sample))?;
    let report = report(&folders, None)?;
    if report.rows.rows.is_empty() {
        return Err(failed(format!(
            "there are no results in '{}', and README.md is as it was; copy those of a run there, \
             or name another folder with --from",
            sample.display()
        )));
    }
    let old = fs::read_to_string(path).map_err(|error| {
        failed(format!(
            "can't read '{}' in this folder: {error}",
            path.display()
        ))
    })?;
    let new = report
        .renew_readme(&old)
        .map_err(|error| failed(format!("'{}': {error}", path.display())))?;
    write(path, &new)?;
    println!("Renewed: {}", path.display());
    Ok(())
}

//! CPython as an external side.

use crate::external::External;
use crate::job::{Contender, Outcome};
use crate::peer::Missing;
use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};

/// The variable that names the interpreter.
pub(crate) const PYTHON_VARIABLE: &str = "SPEEDUP_PYTHON";

/// The one that is used unless it is set.
pub(crate) const INTERPRETER: &str = "python3";

/// Answers the questions; a job's own code comes before it.
const SERVE: &str = include_str!("serve.py");

/// The interpreter in use.
pub(crate) fn interpreter() -> OsString {
    env::var_os(PYTHON_VARIABLE)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| INTERPRETER.into())
}

/// Starts Python on a job's code. The first argument names a class of it, the
/// others are passed to its constructor as text. The class has `digest(extent)`
/// (`extent` is a unit's number, or `None` for the whole) and `time_ns(unit)`,
/// and, where it needs them, `close()` and `peak_bytes()`.
///
/// # Errors
/// When Python can't be started, or does not get as far as being ready.
///
/// ```no_run
/// use speedup_peers::{Contender, Extent, python};
///
/// const CODE: &str = "
/// class Sum:
///     def digest(self, extent): return sum(range(1000))
///     def time_ns(self, unit):
///         begin = time.perf_counter_ns()
///         sum(range(1000))
///         return time.perf_counter_ns() - begin
/// ";
/// let mut sum = python(CODE, &["Sum"])?;
/// assert_eq!(sum.digest(Extent::Whole)?, "499500");
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub fn python(code: &str, arguments: &[&str]) -> Outcome<impl Contender + use<>> {
    let interpreter = interpreter();
    let program = format!("import sys, time\n{code}\n{SERVE}");
    External::start(
        &interpreter.to_string_lossy(),
        Command::new(&interpreter)
            .arg("-c")
            .arg(program)
            .args(arguments),
    )
}

/// The version of the interpreter.
pub(crate) fn version() -> Result<String, Missing> {
    said("import platform as p; print(p.python_version())").map_err(|why| Missing {
        why,
        install: format!(
            "install Python 3 (on Debian: apt install python3), or let {PYTHON_VARIABLE} name an \
             interpreter"
        ),
    })
}

/// The version of joblib and of the loky in it.
pub(crate) fn joblib_version() -> Result<String, Missing> {
    said(
        "import joblib, joblib.externals.loky as loky; \
         print(f'{joblib.__version__} with loky {loky.__version__}')",
    )
    .map_err(|why| Missing {
        why,
        install: format!("{} -m pip install joblib", interpreter().to_string_lossy()),
    })
}

/// What a line of Python prints, or the last thing that it complains of.
fn said(code: &str) -> Result<String, String> {
    let interpreter = interpreter();
    let name = interpreter.to_string_lossy();
    let output = Command::new(&interpreter)
        .args(["-c", code])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name} can't be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && !text.trim().is_empty() {
        return Ok(text.trim().to_owned());
    }
    let last = complaint.trim().lines().last();
    Err(last.map_or_else(
        || format!("{name} ended ({})", output.status),
        str::to_owned,
    ))
}

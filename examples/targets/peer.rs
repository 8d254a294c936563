//! What takes turns with them: Python and GMP, in a process of their own.

use crate::arms::{PARTS, SINGLE_CORE_END};
use crate::relaunch::Arm;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A Python process that times a batch whenever it is asked to.
struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new("python3")
            .args(["-c", include_str!("peer.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("python3 can't be started: {error}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or("python3 has no pipes")?;
        Ok(Self {
            child,
            stdin,
            stdout: BufReader::new(stdout),
        })
    }

    fn ask(&mut self, batch: &str) -> Result<String, Box<dyn Error>> {
        writeln!(self.stdin, "{batch}")?;
        let mut answer = String::new();
        if self.stdout.read_line(&mut answer)? == 0 {
            return Err(format!("python3 did not answer '{batch}'").into());
        }
        Ok(answer.trim().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell of anything else.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The versions of Python and GMP, where they are there.
pub(crate) fn versions() -> Option<String> {
    Peer::start().ok()?.ask("versions").ok()
}

/// Python's or GMP's part of the list of single factorials, or another batch.
pub(crate) fn python(batch: &[&str]) -> Result<Arm, Box<dyn Error>> {
    let mut peer = Peer::start()?;
    let batch = batch.join(" ");
    Ok(Box::new(move |pair| {
        let question = if batch.ends_with("_list") {
            let first = (0..PARTS).cycle().nth(pair).unwrap_or_default();
            format!("{batch} {first} {SINGLE_CORE_END} {PARTS}")
        } else {
            batch.clone()
        };
        Ok(peer.ask(&question)?.parse()?)
    }))
}

/// Python's whole list: a part of it times the number of parts, whose costs
/// differ by less than one in a hundred.
pub(crate) fn python_whole_list() -> Result<Arm, Box<dyn Error>> {
    let mut part = python(&["python_list"])?;
    Ok(Box::new(move |pair| Ok(part(pair)? * f64::from(PARTS))))
}

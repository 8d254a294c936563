//! A side that is a process of its own: asked over a pipe, it times with its
//! own monotonic clock.

use crate::job::{Contender, Extent, Outcome};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The longest that an answer may take: at the notebook's own size, a list of
/// factorials takes a slow machine some minutes.
const LONGEST_ANSWER: Duration = Duration::from_mins(30);

/// How often it is looked whether a process that owes an answer still lives.
const LOOK: Duration = Duration::from_millis(500);

/// The longest that a process may take to end once it is asked to.
const LONGEST_END: Duration = Duration::from_secs(10);

/// So many of the last lines on standard error are kept.
const LAST_LINES: usize = 10;

/// A process that answers questions, a line each.
#[derive(Debug)]
pub(crate) struct External {
    name: String,
    child: Child,
    /// None once it is asked to end.
    questions: Option<ChildStdin>,
    answers: Receiver<String>,
    complaints: Complaints,
}

impl External {
    /// Starts the process and waits until it is ready.
    pub(crate) fn start(name: &str, command: &mut Command) -> Outcome<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} can't be started: {error}"))?;
        let questions = child.stdin.take();
        let (sender, answers) = channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let complaints = Complaints::of(child.stderr.take());
        let mut this = Self {
            name: name.to_owned(),
            child,
            questions,
            answers,
            complaints,
        };
        match this.ask("ready")?.as_str() {
            "ready" => Ok(this),
            other => Err(this.nonsense("ready", other)),
        }
    }

    /// The answer to a question.
    pub(crate) fn ask(&mut self, question: &str) -> Outcome<String> {
        if let Some(questions) = &mut self.questions {
            // One that has ended says nothing either, and that is reported.
            let _ = writeln!(questions, "{question}");
        }
        let deadline = Instant::now() + LONGEST_ANSWER;
        while Instant::now() < deadline {
            // Workers that outlive it hold its output open, so the end of that
            // can't be waited for alone.
            let has_ended = matches!(self.child.try_wait(), Ok(Some(_)));
            match self.answers.recv_timeout(LOOK) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) if !has_ended => {}
                Err(_) => return Err(self.died(question)),
            }
        }
        let seconds = LONGEST_ANSWER.as_secs();
        let name = &self.name;
        Err(format!("{name} has not answered '{question}' for {seconds} s").into())
    }

    fn died(&mut self, question: &str) -> Box<dyn std::error::Error + Send + Sync> {
        self.questions.take();
        let end = match wait(&mut self.child) {
            Some(status) => format!("ended ({status})"),
            None => "closed its output".to_owned(),
        };
        let last = self.complaints.last();
        let name = &self.name;
        format!("{name} {end} instead of answering '{question}'; {last}").into()
    }

    fn nonsense(&self, question: &str, answer: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let name = &self.name;
        let answer: String = answer.chars().take(200).collect();
        let last = self.complaints.last();
        format!("{name} answered '{question}' with '{answer}'; {last}").into()
    }
}

impl Contender for External {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        self.ask(&format!("digest {extent}"))
    }

    fn time_ns(&mut self, unit: usize) -> Outcome<f64> {
        let question = format!("time {unit}");
        let answer = self.ask(&question)?;
        match answer.parse() {
            Ok(ns) if ns > 0.0 && f64::is_finite(ns) => Ok(ns),
            _ => Err(self.nonsense(&question, &answer)),
        }
    }

    fn peak_bytes(&mut self) -> Outcome<Option<u64>> {
        let answer = self.ask("peak")?;
        if answer == "none" {
            return Ok(None);
        }
        match answer.parse() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => Err(self.nonsense("peak", &answer)),
        }
    }
}

impl Drop for External {
    /// Lets it end its own workers; one that does not end is killed.
    fn drop(&mut self) {
        self.questions.take();
        if wait(&mut self.child).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The status of a process that ends in time.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let deadline = Instant::now() + LONGEST_END;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(1));
    }
    None
}

/// The last lines on a process's standard error.
#[derive(Debug)]
struct Complaints {
    lines: Arc<Mutex<VecDeque<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Complaints {
    fn of(stderr: Option<ChildStderr>) -> Self {
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&lines);
        let reader = stderr.map(|stderr| {
            thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    let mut kept = kept.lock().expect("nobody panics while holding it");
                    kept.push_back(line);
                    if kept.len() > LAST_LINES {
                        kept.pop_front();
                    }
                }
            })
        });
        Self { lines, reader }
    }

    /// What was said last. Its own workers may live on and hold the pipe, so the
    /// end of it is not waited for forever.
    fn last(&self) -> String {
        let deadline = Instant::now() + Duration::from_secs(3);
        while self
            .reader
            .as_ref()
            .is_some_and(|reader| !reader.is_finished())
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(1));
        }
        let lines = self.lines.lock().expect("nobody panics while holding it");
        if lines.is_empty() {
            "it said nothing on standard error".to_owned()
        } else {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            format!("its last lines on standard error:\n{}", lines.join("\n"))
        }
    }
}

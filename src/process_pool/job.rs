//! Jobs and the table that names them on both sides.

use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::error::Error;
use super::frame::FrameBuffer;
use super::wire::{Wire, WireError, encode_whole};

/// From this size on a result that lies in memory as it travels is sent from
/// there; below, copying it next to its header is cheaper.
pub(super) const BORROW_FROM_BYTES: usize = 48 * 1024;

/// The status of an item: what has become of a job.
pub(super) mod status {
    pub(in super::super) const VALUE: u8 = 0;
    pub(in super::super) const PANICKED: u8 = 1;
    pub(in super::super) const ARGUMENT: u8 = 2;
}

/// A function that workers can be asked to run: a name and a plain function.
///
/// A closure that captures nothing will do. What a job needs travels in its
/// argument, or is made once by the initializer.
///
/// ```
/// use speedup::process_pool::Job;
/// const SQUARE: Job<u64, u64> = Job::new("square", |x| x * x);
/// assert_eq!(SQUARE.name(), "square");
/// ```
pub struct Job<A, R> {
    name: &'static str,
    function: fn(A) -> R,
}

impl<A, R> Job<A, R> {
    /// The job that runs `function`, known to both sides as `name`.
    #[must_use]
    pub const fn new(name: &'static str, function: fn(A) -> R) -> Self {
        Self { name, function }
    }

    /// The name it goes by in the table and in errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<A, R> Clone for Job<A, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, R> Copy for Job<A, R> {}

impl<A, R> fmt::Debug for Job<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Job").field(&self.name).finish()
    }
}

/// A large result on its way out, sent from its own memory.
pub(super) trait Outgoing {
    fn bytes(&self) -> &[u8];
}

struct Whole<R>(R);

impl<R: Wire> Outgoing for Whole<R> {
    fn bytes(&self) -> &[u8] {
        self.0.as_whole().unwrap_or_default()
    }
}

/// Decodes an argument, runs the job, and appends its result as an item, or
/// hands it out if it is large and need not be copied.
type Run = dyn Fn(Cow<'_, [u8]>, &mut FrameBuffer) -> Result<Option<Box<dyn Outgoing>>, WireError>
    + Send
    + Sync;

struct Entry {
    name: &'static str,
    signature: TypeId,
    signature_name: &'static str,
    run: Box<Run>,
}

/// The jobs a program's workers can run.
///
/// The same table must be given to [`serve_if_worker`](super::serve_if_worker)
/// and to [`ProcessPoolBuilder::start`](super::ProcessPoolBuilder::start);
/// the two compare notes before the first job.
///
/// ```
/// use speedup::process_pool::{Job, JobTable};
/// const SQUARE: Job<u64, u64> = Job::new("square", |x| x * x);
/// const LENGTH: Job<String, usize> = Job::new("length", |text| text.len());
/// let jobs = JobTable::new().with(SQUARE).with(LENGTH);
/// assert_eq!(jobs.len(), 2);
/// ```
#[derive(Default)]
pub struct JobTable {
    entries: Vec<Entry>,
}

impl JobTable {
    /// A table without jobs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The table with one more job.
    ///
    /// # Panics
    ///
    /// If the table has a job of that name: two would be told apart nowhere.
    #[must_use]
    pub fn with<A, R>(mut self, job: Job<A, R>) -> Self
    where
        A: Wire + 'static,
        R: Wire + 'static,
    {
        assert!(
            self.entries.iter().all(|entry| entry.name != job.name),
            "the job table has a job named {:?} already",
            job.name
        );
        let function = job.function;
        self.entries.push(Entry {
            name: job.name,
            signature: TypeId::of::<fn(A) -> R>(),
            signature_name: type_name::<fn(A) -> R>(),
            run: Box::new(move |argument, out| {
                let result = function(A::from_whole(argument)?);
                let large = result
                    .as_whole()
                    .is_some_and(|bytes| bytes.len() >= BORROW_FROM_BYTES);
                if large {
                    return Ok(Some(Box::new(Whole(result))));
                }
                append(&result, out);
                Ok(None)
            }),
        });
        self
    }

    /// The number of jobs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn run(
        &self,
        number: u64,
        argument: Cow<'_, [u8]>,
        out: &mut FrameBuffer,
    ) -> Result<Option<Box<dyn Outgoing>>, WireError> {
        let entry = usize::try_from(number)
            .ok()
            .and_then(|number| self.entries.get(number))
            .ok_or_else(|| WireError::new(format!("the table has no job number {number}")))?;
        (entry.run)(argument, out)
    }

    /// What the parent needs to know of the table.
    pub(super) fn index(&self) -> JobIndex {
        JobIndex {
            jobs: self
                .entries
                .iter()
                .map(|entry| (entry.name, entry.signature))
                .collect(),
            hash: self.hash(),
        }
    }

    /// FNV-1a over names and signatures, in order: enough to tell a worker
    /// that was built from other source.
    pub(super) fn hash(&self) -> u64 {
        let bytes = self
            .entries
            .iter()
            .flat_map(|entry| [entry.name, "\0", entry.signature_name, "\n"])
            .flat_map(str::bytes);
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}

impl fmt::Debug for JobTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.entries.iter().map(|entry| entry.name))
            .finish()
    }
}

/// Appends a result; if its encoding panics, nothing of it remains.
fn append<R: Wire>(result: &R, out: &mut FrameBuffer) {
    let before = out.body_bytes();
    let encoded = catch_unwind(AssertUnwindSafe(|| {
        out.item(status::VALUE, |bytes| encode_whole(result, bytes));
    }));
    if let Err(panic) = encoded {
        out.truncate_body(before);
        resume_unwind(panic);
    }
}

/// The jobs by name, without their code.
#[derive(Debug)]
pub(super) struct JobIndex {
    jobs: Vec<(&'static str, TypeId)>,
    pub(super) hash: u64,
}

impl JobIndex {
    /// The place of `job` in the table.
    pub(super) fn number<A: 'static, R: 'static>(&self, job: Job<A, R>) -> Result<u64, Error> {
        let wanted = (job.name, TypeId::of::<fn(A) -> R>());
        match self.jobs.iter().position(|entry| *entry == wanted) {
            Some(position) => Ok(position as u64),
            None => Err(Error::UnknownJob {
                job: job.name,
                signature: type_name::<fn(A) -> R>(),
            }),
        }
    }
}

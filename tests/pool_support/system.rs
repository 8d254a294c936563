//! What the standard library cannot ask of, or tell, the operating system.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process;

pub const SIGINT: i32 = 2;
pub const SIGKILL: i32 = 9;
pub const SIGUSR1: i32 = 10;
pub const SIGPIPE: i32 = 13;
pub const SIGTERM: i32 = 15;
pub const SIGSTOP: i32 = 19;

const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

#[allow(unsafe_code)]
mod libc {
    use std::ffi::{c_int, c_void};

    // SAFETY: these are the C library's own declarations; the standard
    // library links it.
    unsafe extern "C" {
        pub(super) safe fn kill(process: c_int, signal: c_int) -> c_int;
        pub(super) safe fn signal(signal: c_int, handler: usize) -> usize;
        pub(super) safe fn siginterrupt(signal: c_int, interrupt: c_int) -> c_int;
        pub(super) safe fn atexit(handler: extern "C" fn()) -> c_int;
        pub(super) fn getrlimit(resource: c_int, limits: *mut super::Limits) -> c_int;
        pub(super) fn setrlimit(resource: c_int, limits: *const super::Limits) -> c_int;
        pub(super) fn write(descriptor: c_int, bytes: *const c_void, count: usize) -> isize;
    }
}

/// `struct rlimit`, as it is on every Linux of 64 bits.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Limits {
    soft: u64,
    hard: u64,
}

/// Linux's `RLIMIT_NPROC`.
const PROCESSES: i32 = 6;

/// Lets this user start no further process or thread, until the returned
/// limits are given to [`limit_processes`]. It does not bind the superuser.
#[allow(unsafe_code)]
pub fn allow_no_more_processes() -> Limits {
    let mut before = Limits::default();
    // SAFETY: the pointer is to a structure that the call may fill in.
    let outcome = unsafe { libc::getrlimit(PROCESSES, &raw mut before) };
    assert_eq!(outcome, 0, "the limit on processes is not to be had");
    limit_processes(Limits { soft: 1, ..before });
    before
}

/// Sets the limit on this user's processes and threads.
#[allow(unsafe_code)]
pub fn limit_processes(limits: Limits) {
    // SAFETY: the pointer is to a structure that lives through the call.
    let outcome = unsafe { libc::setrlimit(PROCESSES, &raw const limits) };
    assert_eq!(outcome, 0, "the limit on processes cannot be set");
}

/// Whether this process is the superuser's.
pub fn is_superuser() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Sends a signal; to a process group where `process` is negative.
pub fn signal(process: i64, signal: i32) {
    libc::kill(i32::try_from(process).unwrap(), signal);
}

/// Kills a process and waits until it is a zombie or gone.
pub fn kill_and_wait(id: u32) {
    signal(i64::from(id), SIGKILL);
    super::eventually("the killed process is dead", || !is_running(id));
}

/// Whether a process exists and is no zombie. While another of its threads is
/// still ending, one whose first thread is a zombie is no zombie itself.
pub fn is_running(id: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{id}/task")).map_or(0, Iterator::count);
    threads > 1 || !matches!(state_and_parent(id), None | Some(('Z' | 'X', _)))
}

fn state_and_parent(id: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before may contain anything, closing parentheses too.
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

/// The child processes of this one, zombies included.
pub fn children() -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|id| state_and_parent(*id).is_some_and(|(_, parent)| parent == process::id()))
        .collect()
}

/// What this process has open.
pub fn open_descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").unwrap().flatten();
    entries
        .filter_map(|entry| {
            let target = fs::read_link(entry.path()).ok()?;
            Some(format!(
                "{} {}",
                entry.file_name().display(),
                target.display()
            ))
        })
        // The directory that is being read.
        .filter(|entry| !entry.contains("/fd"))
        .collect()
}

/// The most memory this process has used so far, in bytes.
pub fn peak_memory_bytes() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: usize = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib * 1024
}

pub fn ignore(signal: i32) {
    libc::signal(signal, SIG_IGN);
}

pub fn default(signal: i32) {
    libc::signal(signal, SIG_DFL);
}

/// From now on this signal interrupts system calls and does nothing else.
pub fn let_interrupt(signal: i32) {
    extern "C" fn nothing(_signal: i32) {}
    libc::signal(signal, nothing as *const () as usize);
    libc::siginterrupt(signal, 1);
}

pub fn at_exit(handler: extern "C" fn()) {
    libc::atexit(handler);
}

/// Writes to the first socket this process has: in a worker, the pool's.
#[allow(unsafe_code)]
pub fn scribble_on_socket(bytes: &[u8]) {
    let socket = fs::read_dir("/proc/self/fd")
        .unwrap()
        .flatten()
        .find(|entry| {
            fs::read_link(entry.path())
                .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
        });
    let descriptor = socket
        .unwrap()
        .file_name()
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    // SAFETY: the pointer and the count are those of one slice.
    unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
}

/// Reads where nothing is mapped.
#[allow(unsafe_code)]
pub fn fault() {
    // SAFETY: none: the fault is what it is for.
    unsafe { std::ptr::without_provenance::<u8>(8).read_volatile() };
}

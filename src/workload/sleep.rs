//! Waiting: the notebook's stand-in for a network call or a disk.

use super::Workload;
use std::time::Duration;

/// The notebook's three calls one after the other, in seconds: 23 in all.
pub const SEQUENTIAL_SECONDS: [u32; 3] = [10, 8, 5];

/// The notebook's three threads, in seconds: 10 in all, the longest of them.
pub const THREADED_SECONDS: [u32; 3] = [10, 8, 3];

/// Waits for as long as its input says, and returns that time.
#[derive(Debug, Clone, Copy)]
pub struct Sleep;

impl Workload for Sleep {
    type Input = Duration;
    type Output = Duration;

    fn run(input: &Duration, wait: &mut dyn FnMut(Duration)) -> Duration {
        wait(*input);
        *input
    }

    async fn run_giving_way<F: Future<Output = ()>>(
        input: &Duration,
        mut wait: impl FnMut(Duration) -> F,
    ) -> Duration {
        wait(*input).await;
        *input
    }
}

/// The shortest time that `sleeps` can take on `workers` workers which each
/// take the next sleep as soon as they are free.
///
/// For equal sleeps this is the staircase ⌈n / k⌉ × t.
///
/// # Panics
/// If `workers` is 0: nobody would ever sleep.
///
/// ```
/// use speedup::workload::sleep::floor;
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// let notebook = [10 * second, 8 * second, 5 * second];
/// assert_eq!(floor(&notebook, 1), 23 * second);
/// assert_eq!(floor(&notebook, 3), 10 * second);
/// assert_eq!(floor(&notebook, 2), 13 * second); // 10 beside 8 and then 5
/// assert_eq!(floor(&[second; 16], 5), 4 * second); // the staircase
/// ```
#[must_use]
pub fn floor(sleeps: &[Duration], workers: usize) -> Duration {
    assert!(workers > 0, "0 workers never finish a sleep");
    let mut busy_until = vec![Duration::ZERO; workers];
    for &sleep in sleeps {
        if let Some(first_free) = busy_until.iter_mut().min() {
            *first_free += sleep;
        }
    }
    busy_until.into_iter().max().unwrap_or_default()
}

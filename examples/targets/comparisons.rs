//! What is compared with what.

use crate::arms::{
    LOOK_UPS, MULTI_PROCESS_END, PARTS, SINGLE_CORE_END, blocks, cold_calls, copying, each, list,
    look_ups, repeated, running, sleeps, spread, strategy, warm_calls,
};
use crate::peer::{python, python_whole_list};
use crate::pool;
use crate::relaunch::{Arm, Comparison, Measure};
use speedup::strategy::Strategy;
use speedup::workload::employee::Employee;
use speedup::workload::factorial::Factorial;
use speedup::workload::memoized::{FxArcStr, ThreadLocalString};
use speedup::workload::sleep::{SEQUENTIAL_SECONDS, Sleep, THREADED_SECONDS};
use std::error::Error;
use std::hint::black_box;

const fn ratio(
    name: &'static str,
    what: &'static str,
    pairs: usize,
    arms: fn() -> Result<[Arm; 2], Box<dyn Error>>,
) -> Comparison {
    Comparison {
        name,
        what,
        measure: Measure::Ratio,
        pairs,
        one_cpu: false,
        arms,
    }
}

/// Everything on one CPU.
const fn on_one_cpu(comparison: Comparison) -> Comparison {
    Comparison {
        one_cpu: true,
        ..comparison
    }
}

pub(crate) const COMPARISONS: [Comparison; 24] = [
    ratio(
        "each_cpython",
        "prime swing, every x below 9000, times as fast as CPython",
        PARTS as usize,
        || Ok([each(), python(&["python_list"])?]),
    ),
    ratio(
        "each_gmp",
        "GMP, every x below 9000, times as fast as prime swing",
        PARTS as usize,
        || Ok([python(&["gmp_list"])?, each()]),
    ),
    ratio(
        "running_cpython",
        "running product below 9000, times as fast as CPython",
        PARTS as usize,
        || Ok([running(SINGLE_CORE_END), python_whole_list()?]),
    ),
    ratio(
        "blocks_9000",
        "running product below 9000 in blocks, times as fast as alone",
        25,
        || Ok([blocks(SINGLE_CORE_END)?, running(SINGLE_CORE_END)]),
    ),
    ratio(
        "blocks_25000",
        "running product below 25000 in blocks, times as fast as alone",
        7,
        || Ok([blocks(MULTI_PROCESS_END)?, running(MULTI_PROCESS_END)]),
    ),
    ratio(
        "memory_25000",
        "running product below 25000, times as fast as copying its result",
        7,
        || Ok([running(MULTI_PROCESS_END), copying(MULTI_PROCESS_END)]),
    ),
    ratio(
        "rayon_3000",
        "rayon@2 below 3000, times as fast as sequential",
        25,
        || spread::<Factorial>(Strategy::Rayon, 2, &list(3000)),
    ),
    ratio(
        "rayon_9000",
        "rayon@2 below 9000, times as fast as sequential",
        3,
        || spread::<Factorial>(Strategy::Rayon, 2, &list(SINGLE_CORE_END)),
    ),
    ratio(
        "process_pool_3000",
        "process_pool@2 below 3000, times as fast as sequential",
        25,
        || spread::<Factorial>(Strategy::ProcessPool, 2, &list(3000)),
    ),
    ratio(
        "global_lock_3000",
        "global_lock@2 below 3000, times as fast as sequential",
        25,
        || spread::<Factorial>(Strategy::GlobalLock, 2, &list(3000)),
    ),
    ratio(
        "sleep_overlap",
        "10-8-5 on three threads, times as fast as sequential",
        25,
        || spread::<Sleep>(Strategy::Threads, 3, &sleeps(SEQUENTIAL_SECONDS)),
    ),
    Comparison {
        name: "sleep_threads",
        what: "10-8-3 on three threads, longer than one sleep of 10 by so many ms",
        measure: Measure::Difference,
        pairs: 25,
        one_cpu: false,
        arms: || {
            let three = sleeps(THREADED_SECONDS);
            Ok([
                strategy::<Sleep>(Strategy::Threads, 3, &three)?,
                strategy::<Sleep>(Strategy::Sequential, 1, &three[..1])?,
            ])
        },
    },
    Comparison {
        name: "look_up",
        what: "warm look-up, shared value and fast hasher, ns",
        measure: Measure::Each(LOOK_UPS),
        pairs: 25,
        one_cpu: false,
        arms: || Ok([look_ups::<FxArcStr>(), look_ups::<ThreadLocalString>()]),
    },
    ratio(
        "warm_cold",
        "the three calls warm, times as fast as cold",
        9,
        || Ok([warm_calls(), cold_calls()]),
    ),
    ratio(
        "debug_display",
        "Display of an employee, times as fast as Debug",
        25,
        || {
            let employee = Employee::notebook();
            let same = employee.clone();
            Ok([
                repeated(move || black_box(&employee).to_string()),
                repeated(move || format!("{:?}", black_box(&same))),
            ])
        },
    ),
    ratio(
        "look_up_cpython",
        "warm look-up, shared value and fast hasher, times as fast as lru_cache",
        25,
        || {
            let count = LOOK_UPS.to_string();
            Ok([look_ups::<FxArcStr>(), python(&["look_ups", &count])?])
        },
    ),
    on_one_cpu(ratio(
        "pool_ping_pong",
        "raw ping-pong, times as fast as one empty job through the pool, on one CPU",
        15,
        || Ok([pool::raw_ping_pong()?, pool::one_job()?]),
    )),
    Comparison {
        name: "pool_million",
        what: "one of 1,000,000 empty jobs through `map`, two workers, ns",
        measure: Measure::Each(1_000_000),
        pairs: 5,
        one_cpu: false,
        arms: || {
            Ok([
                pool::empty_jobs(1_000_000, None)?,
                pool::empty_jobs(1, None)?,
            ])
        },
    },
    Comparison {
        name: "pool_singly",
        what: "one of 10,000 empty jobs at chunk size 1, two workers, ns",
        measure: Measure::Each(10_000),
        pairs: 9,
        one_cpu: false,
        arms: || {
            Ok([
                pool::empty_jobs(10_000, Some(1))?,
                pool::empty_jobs(1, None)?,
            ])
        },
    },
    ratio(
        "pool_1_mb",
        "raw bytes, times as fast as results of 1 MB",
        15,
        || Ok([pool::raw_bytes(1_000_000)?, pool::results(1_000_000)?]),
    ),
    on_one_cpu(ratio(
        "pool_20_kb",
        "raw bytes, times as fast as results of 20 kB, on one CPU",
        15,
        || Ok([pool::raw_bytes(20_000)?, pool::results(20_000)?]),
    )),
    ratio(
        "pool_start_1",
        "raw spawn and first byte, times as fast as starting 1 worker",
        15,
        || Ok([pool::raw_start(1)?, pool::start(1)?]),
    ),
    ratio(
        "pool_start_2",
        "raw spawn and first byte, times as fast as starting 2 workers",
        15,
        || Ok([pool::raw_start(2)?, pool::start(2)?]),
    ),
    ratio(
        "pool_rayon_9000",
        "rayon@2 below 9000, times as fast as process_pool@2",
        3,
        || {
            let inputs = list(SINGLE_CORE_END);
            Ok([
                strategy::<Factorial>(Strategy::Rayon, 2, &inputs)?,
                strategy::<Factorial>(Strategy::ProcessPool, 2, &inputs)?,
            ])
        },
    ),
];

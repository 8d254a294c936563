//! The suite: a benchmark a kind.

use criterion::Criterion;
use gated_kinds::{WORKERS, jobs, on_processes, on_rayon, single_threaded, sleeping};
use speedup::Paired;
use speedup::process_pool::{ProcessPool, serve_if_worker};

fn main() {
    serve_if_worker(&jobs());
    let mut criterion = Criterion::default()
        .with_measurement(Paired::from_env())
        .configure_from_args();
    let mut group = criterion.benchmark_group("kind");
    group.bench_function("single_threaded", |bencher| bencher.iter(single_threaded));
    let mut threads = None;
    group.bench_function("rayon", |bencher| {
        let pool = threads.get_or_insert_with(|| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(WORKERS);
            pool.build().expect("threads")
        });
        bencher.iter(|| on_rayon(pool));
    });
    let mut processes = None;
    group.bench_function("process_pool", |bencher| {
        let pool = processes.get_or_insert_with(|| {
            let pool = ProcessPool::builder().workers(WORKERS);
            pool.start(&jobs()).expect("processes")
        });
        bencher.iter(|| on_processes(pool).expect("answers"));
    });
    group.bench_function("sleep", |bencher| bencher.iter(sleeping));
    group.finish();
    criterion.final_summary();
}

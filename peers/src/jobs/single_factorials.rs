//! Factorials on one core, each on its own: nothing is taken from the one
//! before.

use super::kernels::{
    CHECKED_UNITS, CHECKED_WHOLE, Number, Parts, checked_digest, dashu, list, malachite,
};
use crate::gmp::gmp;
use crate::in_process::InProcess;
use crate::job::{Contender, Cpus, Job, Side};
use crate::peer::{CPYTHON, DASHU, GMP, MALACHITE, NUM_BIGINT};
use crate::python::python;
use speedup::catalog::Scale;
use speedup::workload::factorial::prime_swing;

const PYTHON: &str = include_str!("factorials.py");

/// The notebook's list on one core.
pub(super) fn below_9000(scale: Scale) -> Job {
    let end = scale.range_end(9000).min(9000);
    let parts = Parts { end, parts: 64 };
    Job {
        is_checked_whole: true,
        checked: CHECKED_WHOLE,
        ..job("single_factorials", "every 64th of them", parts)
    }
}

/// The numbers of the notebook's list for many processes, on one core. The whole
/// takes CPython more than a minute, so that only units of it are checked.
pub(super) fn below_25000(scale: Scale) -> Job {
    let end = scale.range_end(25_000);
    let parts = Parts { end, parts: 512 };
    job("single_factorials_25000", "every 512th of them", parts)
}

fn job(name: &'static str, unit: &'static str, parts: Parts) -> Job {
    let [end, count] = [parts.end, parts.parts].map(|number| number.to_string());
    let python_arguments = [end.clone(), count.clone()];
    Job {
        name,
        title: format!("Factorials below {end}, one core, each on its own"),
        unit,
        checked: CHECKED_UNITS,
        is_checked_whole: false,
        cpus: Cpus::All,
        rounds: 6,
        sides: vec![
            Side::ours(
                "prime swing on num-bigint",
                "computing into a list of new numbers; freeing it is not in it",
                move || {
                    let run = move |extent| Ok(parts.numbers(extent).map(prime_swing).collect());
                    Ok(InProcess::new(run, checked_digest(parts.end)))
                },
            )
            .with(NUM_BIGINT),
            Side::peer(
                CPYTHON,
                "[math.factorial(x) for x in …]",
                "the list comprehension over the same numbers; freeing the list is not in it",
                move || {
                    python(
                        PYTHON,
                        &["Single", &python_arguments[0], &python_arguments[1]],
                    )
                },
            ),
            Side::peer(
                GMP,
                "mpz_fac_ui, through rug",
                "Integer::factorial into a list of new numbers, in a process of its own; freeing \
                 it is not in it",
                move || gmp(&["single", &end, &count]),
            ),
            Side::peer(
                MALACHITE,
                "Natural::factorial",
                "computing into a list of new numbers; freeing it is not in it",
                move || Ok(each(parts, malachite)),
            ),
            Side::peer(
                DASHU,
                "product by halves on UBig",
                "computing into a list of new numbers, by products of halves as the library has \
                 no factorial; freeing it is not in it",
                move || Ok(each(parts, dashu)),
            ),
        ],
    }
}

/// A side that computes each number of its unit by `factorial`.
fn each<N: Number + 'static>(
    parts: Parts,
    factorial: impl Fn(u32) -> N + 'static,
) -> impl Contender + 'static {
    list(move |extent| parts.numbers(extent).map(&factorial).collect())
}

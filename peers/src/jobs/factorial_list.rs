//! A whole list of factorials on one core, where each can come from the one
//! before.

use super::kernels::{CHECKED, Number, Parts, checked_digest, list, malachite};
use crate::gmp::gmp;
use crate::in_process::InProcess;
use crate::job::{Extent, Job, Side};
use crate::peer::{CPYTHON, DASHU, GMP, MALACHITE, NUM_BIGINT};
use crate::python::python;
use dashu_int::UBig;
use malachite_nz::natural::Natural;
use speedup::catalog::Scale;
use speedup::workload::factorial::running_product;
use std::ops::MulAssign;

const PYTHON: &str = include_str!("factorials.py");

/// Below 9000 at scale 1, below 25,000 from scale 22 on.
pub(super) fn job(scale: Scale) -> Job {
    let end = scale.range_end(9000);
    let mut sides = in_process(end);
    sides.extend(external(end));
    Job {
        name: "factorial_list",
        title: format!("All factorials below {end}, one core, by whatever way"),
        unit: "the whole list",
        checked: CHECKED,
        rounds: 3,
        sides,
    }
}

/// The running products of libraries: what our own side does, by their hands.
fn in_process(end: u32) -> Vec<Side> {
    vec![
        Side::ours(
            "running product on num-bigint",
            "a list of numbers of their own, each from the one before; freeing it is not in it",
            move || {
                let run = move |_| Ok(running_product(0..end));
                Ok(InProcess::new(run, checked_digest(end)))
            },
        )
        .with(NUM_BIGINT),
        Side::peer(
            MALACHITE,
            "running product on Natural",
            "a product that grows by `*=`, and a copy of it a number; freeing the list is not in \
             it",
            move || Ok(list(move |_| running(end, Natural::from(1_u32)))),
        ),
        Side::peer(
            MALACHITE,
            "Natural::factorial, each",
            "each number on its own, into a list; freeing it is not in it",
            move || {
                let whole = Parts { end, parts: 1 };
                Ok(list(move |_| {
                    whole.numbers(Extent::Whole).map(malachite).collect()
                }))
            },
        ),
        Side::peer(
            DASHU,
            "running product on UBig",
            "a product that grows by `*=`, and a copy of it a number; freeing the list is not in \
             it",
            move || Ok(list(move |_| running(end, UBig::ONE))),
        ),
    ]
}

fn external(end: u32) -> Vec<Side> {
    let end = end.to_string();
    let [single, running, comprehension, accumulate] = [(); 4].map(|()| end.clone());
    vec![
        Side::peer(
            GMP,
            "running product on rug's Integer",
            "a product that grows by `*=`, and a copy of it a number, in a process of its own; \
             freeing the list is not in it",
            move || gmp(&["list", &running]),
        ),
        Side::peer(
            GMP,
            "mpz_fac_ui, each",
            "Integer::factorial of each number on its own, in a process of its own; freeing the \
             list is not in it",
            move || gmp(&["single", &single, "1"]),
        ),
        Side::peer(
            CPYTHON,
            "[math.factorial(x) for x in …]",
            "the notebook's list comprehension; freeing the list is not in it",
            move || python(PYTHON, &["Comprehension", &comprehension]),
        ),
        Side::peer(
            CPYTHON,
            "itertools.accumulate",
            "a list of the running products; freeing it is not in it",
            move || python(PYTHON, &["Accumulate", &accumulate]),
        ),
    ]
}

/// Factorials from 0! on, from their library's own 1.
fn running<N: Number + Clone + MulAssign<N> + From<u32>>(end: u32, one: N) -> Vec<N> {
    let mut product = one;
    (0..end)
        .map(|x| {
            product *= N::from(x.max(1));
            product.clone()
        })
        .collect()
}

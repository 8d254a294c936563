//! A whole list of factorials on one core, where each can come from the one
//! before.

use super::kernels::{ByPart, CHECKED_WHOLE, Number, Parts, WholeList};
use crate::gmp::gmp;
use crate::job::{Cpus, Job, Side};
use crate::peer::{CPYTHON, DASHU, GMP, MALACHITE, NUM_BIGINT};
use crate::python::python;
use dashu_int::UBig;
use malachite_nz::natural::Natural;
use speedup::catalog::Scale;
use speedup::workload::factorial::running_product;
use std::hint::black_box;
use std::ops::MulAssign;

const PYTHON: &str = include_str!("factorials.py");

/// How a running product is described that grows in place and is copied, as ours.
///
/// Both shapes were measured with every library, and a library has the one that it
/// is faster in: GMP the other one.
const GROWING: &str =
    "one product that grows by `*=`, and a copy of it a number; freeing the list is not in it";

/// How one is described whose numbers are each made from the one before.
const EACH_FROM_THE_LAST: &str =
    "a list of numbers of their own, each from the one before; freeing it is not in it";

/// Below 9000 at scale 1, below 25,000 from scale 22 on.
pub(super) fn job(scale: Scale) -> Job {
    let end = scale.range_end(9000);
    let parts = Parts { end, parts: 64 };
    let mut sides = in_process(parts);
    sides.extend(external(parts));
    Job {
        name: "factorial_list",
        title: format!("All factorials below {end}, one core, by whatever way"),
        unit: "the whole list",
        checked: CHECKED_WHOLE,
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 4,
        sides,
    }
}

/// The running products of libraries, each in the shape that suits it.
fn in_process(parts: Parts) -> Vec<Side> {
    let end = parts.end;
    vec![
        Side::ours("running product on num-bigint", GROWING, move || {
            let list = move || running_product(0..black_box(end));
            Ok(WholeList { parts, list })
        })
        .with(NUM_BIGINT),
        Side::peer(
            MALACHITE,
            "running product on Natural",
            GROWING,
            move || {
                let list = move || growing(black_box(end), Natural::from(1_u32));
                Ok(WholeList { parts, list })
            },
        ),
        Side::peer(DASHU, "running product on UBig", GROWING, move || {
            let list = move || growing(black_box(end), UBig::ONE);
            Ok(WholeList { parts, list })
        }),
    ]
}

fn external(parts: Parts) -> Vec<Side> {
    let ask = move |word: &str| {
        [
            word.to_owned(),
            parts.end.to_string(),
            parts.parts.to_string(),
        ]
    };
    let in_gmp = move |word: &str| {
        let arguments = ask(word);
        gmp(&arguments.each_ref().map(String::as_str))
    };
    let in_python = move |class: &str| {
        let arguments = ask(class);
        python(PYTHON, &arguments.each_ref().map(String::as_str))
    };
    vec![
        Side::peer(
            GMP,
            "running product on rug's Integer",
            EACH_FROM_THE_LAST,
            move || in_gmp("list"),
        ),
        Side::peer(
            GMP,
            "mpz_fac_ui, each",
            "Integer::factorial of each number on its own, timed by every 64th of them, times 64; \
             freeing them is not in it",
            move || {
                Ok(ByPart {
                    side: in_gmp("single")?,
                    parts,
                })
            },
        ),
        Side::peer(
            CPYTHON,
            "[math.factorial(x) for x in …]",
            "the notebook's list comprehension, timed by every 64th number, times 64; freeing the \
             list is not in it",
            move || {
                Ok(ByPart {
                    side: in_python("Single")?,
                    parts,
                })
            },
        ),
        Side::peer(
            CPYTHON,
            "itertools.accumulate",
            "a list of the running products; freeing it is not in it",
            move || in_python("Accumulate"),
        ),
    ]
}

/// Factorials from 0! on, from their library's own 1, by a product that grows.
fn growing<N: Number + Clone + MulAssign<N> + From<u32>>(end: u32, one: N) -> Vec<N> {
    let mut product = one;
    (0..end)
        .map(|x| {
            product *= N::from(x.max(1));
            product.clone()
        })
        .collect()
}

//! Every factorial kernel gives the factorial, and a wrong one is caught.

use num_bigint::BigUint;
use proptest::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use speedup::workload::factorial::known::{
    self, DECIMAL, DECIMAL_DIGITS, Evidence, RESIDUE_MODULUS, factorial_residue, legendre_exponent,
};
use speedup::workload::factorial::{
    binary_splitting, naive, prime_swing, running_product, running_product_in_blocks,
};

type Kernel = fn(u32) -> BigUint;

const KERNELS: [(&str, Kernel); 4] = [
    ("naive", naive),
    ("binary_splitting", binary_splitting),
    ("prime_swing", prime_swing),
    ("running_product", last_of_running_product),
];

fn last_of_running_product(n: u32) -> BigUint {
    let first = n.saturating_sub(3);
    running_product(first..n + 1)
        .pop()
        .expect("one result or more")
}

fn pool(workers: usize) -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .expect("a pool of a few threads")
}

/// The exponent of `p` in `value`, found by dividing.
fn exponent_by_division(mut value: BigUint, p: u32) -> u64 {
    let mut exponent = 0;
    while &value % p == BigUint::ZERO {
        value /= p;
        exponent += 1;
    }
    exponent
}

#[test]
fn every_kernel_gives_the_published_values() {
    for (name, kernel) in KERNELS {
        for (n, decimal) in DECIMAL {
            assert_eq!(kernel(n).to_string(), decimal, "{name}({n})");
        }
    }
}

#[test]
fn all_kernels_agree_up_to_600() {
    let all = running_product(0..601);
    for (n, expected) in (0..).zip(&all) {
        assert_eq!(naive(n), *expected, "naive({n})");
        assert_eq!(binary_splitting(n), *expected, "binary_splitting({n})");
        assert_eq!(prime_swing(n), *expected, "prime_swing({n})");
    }
}

#[test]
fn all_kernels_agree_on_larger_numbers() {
    for n in [1023, 1024, 2047, 2048, 3001, 4999] {
        let expected = binary_splitting(n);
        assert_eq!(naive(n), expected, "naive({n})");
        assert_eq!(prime_swing(n), expected, "prime_swing({n})");
        assert_eq!(
            last_of_running_product(n),
            expected,
            "running_product to {n}"
        );
    }
}

#[test]
fn prime_swing_is_right_past_the_table_of_primes() {
    // 65 536 = 2^16 ends the table; 65 537 is the first prime beyond it.
    let before = prime_swing(65_536);
    known::check(65_536, &before).expect("65536!");
    assert_eq!(prime_swing(65_537), before * 65_537_u32);
}

#[test]
fn the_notebooks_largest_factorials_have_the_known_lengths() {
    for (n, digits) in DECIMAL_DIGITS {
        assert_eq!(prime_swing(n).to_string().len(), digits, "{n}!");
    }
}

#[test]
fn a_thousand_factorial_ends_in_249_zeros() {
    let decimal = prime_swing(1000).to_string();
    assert_eq!(decimal.len() - decimal.trim_end_matches('0').len(), 249);
    assert_eq!(legendre_exponent(1000, 5), 249);
}

#[test]
fn legendres_formula_agrees_with_division() {
    let factorial = prime_swing(300);
    for p in [2, 3, 5, 7, 17, 19, 149, 151, 293, 307] {
        let found = exponent_by_division(factorial.clone(), p);
        assert_eq!(legendre_exponent(300, p), found, "exponent of {p}");
    }
}

#[test]
fn the_residue_agrees_with_division() {
    for n in [0, 1, 20, 21, 100, 777] {
        let by_division = naive(n) % RESIDUE_MODULUS;
        assert_eq!(BigUint::from(factorial_residue(n)), by_division, "{n}!");
    }
}

#[test]
fn an_empty_range_has_no_factorials() {
    assert!(running_product(0..0).is_empty());
    assert!(running_product(7..7).is_empty());
    assert!(running_product_in_blocks(7..7, &pool(2)).is_empty());
}

#[test]
fn blocks_give_the_same_list_for_any_number_of_workers() {
    let expected = running_product(0..700);
    for workers in [1, 2, 3, 10] {
        let found = running_product_in_blocks(0..700, &pool(workers));
        assert!(found == expected, "{workers} workers gave another list");
    }
}

#[test]
fn the_check_accepts_every_factorial_up_to_1500() {
    known::check_range(0..1501, &running_product(0..1501)).expect("right results");
}

#[test]
fn the_check_refuses_each_kind_of_wrong_number() {
    let right = prime_swing(50);
    let evidence = |value: &BigUint| known::check(50, value).unwrap_err().evidence;

    let longer = evidence(&(&right * 50_u32));
    assert!(matches!(longer, Evidence::LengthBits { .. }), "{longer:?}");
    let odd = evidence(&(&right + 1_u32));
    assert!(matches!(odd, Evidence::PowerOfTwo { .. }), "{odd:?}");
    let shifted = evidence(&(&right + (BigUint::ONE << 60)));
    assert!(matches!(shifted, Evidence::Residue { .. }), "{shifted:?}");
    let zero = evidence(&BigUint::ZERO);
    assert!(
        matches!(zero, Evidence::LengthBits { found: 0, .. }),
        "{zero:?}"
    );
}

#[test]
fn the_check_of_a_list_names_what_is_missing() {
    let mut list = running_product(3..9);
    list.pop();
    let error = known::check_range(3..9, &list).unwrap_err();
    assert_eq!(
        error.evidence,
        Evidence::Count {
            expected: 6,
            found: 5
        }
    );
    assert!(
        error
            .to_string()
            .contains("5 factorials where 6 were expected")
    );
}

#[test]
fn an_error_names_the_number_and_the_next_step() {
    let error = known::check(30, &prime_swing(29)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("30!") && text.contains("naive(30)"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn prime_swing_agrees_with_binary_splitting(n in 0_u32..3000) {
        prop_assert_eq!(prime_swing(n), binary_splitting(n));
    }

    #[test]
    fn each_factorial_is_n_times_the_one_before(n in 1_u32..3000) {
        prop_assert_eq!(prime_swing(n), prime_swing(n - 1) * n);
    }

    #[test]
    fn a_running_product_may_start_anywhere(start in 0_u32..1500, len in 0_u32..40) {
        let list = running_product(start..start + len);
        prop_assert_eq!(known::check_range(start..start + len, &list), Ok(()));
    }

    #[test]
    fn blocks_may_start_anywhere(start in 0_u32..1500, len in 0_u32..40, workers in 1_usize..4) {
        let list = running_product_in_blocks(start..start + len, &pool(workers));
        prop_assert_eq!(list, running_product(start..start + len));
    }

    #[test]
    fn any_flipped_bit_is_noticed(n in 0_u32..400, bit in any::<prop::sample::Index>()) {
        let mut value = prime_swing(n);
        let bit = bit.index(usize::try_from(value.bits()).unwrap()) as u64;
        value.set_bit(bit, !value.bit(bit));
        prop_assert!(known::check(n, &value).is_err());
    }
}

//! Every statistic against reference values from outside: `SciPy`, `NumPy` and
//! statsmodels, as `fixtures/stats/generate.py` recorded them, and figures
//! that were published with their data.

use serde_json::Value;
use speedup::stats::{
    Alternative, Interval, clopper_pearson, hodges_lehmann, holm, median_absolute_deviation,
    median_interval, pettitt, quantile, robust_standard_deviation, signed_rank_interval,
    signed_rank_test,
};

fn fixture(name: &str) -> Value {
    let path = format!(
        "{}/tests/fixtures/stats/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cases under `key`; a fixture that lost them must not pass.
fn cases<'a>(fixture: &'a Value, key: &str) -> &'a [Value] {
    let cases = fixture[key].as_array().expect("a list of cases");
    assert!(!cases.is_empty(), "no cases under {key}");
    cases
}

fn number(case: &Value, key: &str) -> f64 {
    case[key]
        .as_f64()
        .unwrap_or_else(|| panic!("no number {key} in {case}"))
}

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().expect("a list of numbers");
    list.iter().map(|value| value.as_f64().unwrap()).collect()
}

/// The sample that a case names.
fn sample(fixture: &Value, case: &Value) -> Vec<f64> {
    numbers(&fixture["samples"][case["sample"].as_str().expect("a sample's name")])
}

fn named_sample(name: &str) -> Vec<f64> {
    numbers(&fixture("location")["samples"][name])
}

#[track_caller]
fn assert_close(found: f64, expected: f64, relative: f64, case: &Value) {
    assert!(
        (found - expected).abs() <= relative * expected.abs(),
        "{found:e} instead of {expected:e} in {case}"
    );
}

/// Compares ends and level; null stands for an infinite end.
#[track_caller]
fn assert_same_interval(found: Interval, case: &Value) {
    if case["low"].is_null() && case["high"].is_null() {
        assert_eq!(found, Interval::WHOLE_LINE, "{case}");
        return;
    }
    assert_close(found.low, number(case, "low"), 1e-12, case);
    assert_close(found.high, number(case, "high"), 1e-12, case);
    assert_close(found.level, number(case, "level"), 1e-12, case);
}

#[test]
fn quantiles_match_numpy() {
    let fixture = fixture("location");
    for case in cases(&fixture, "quantile") {
        let mut sample = sample(&fixture, case);
        let found = quantile(&mut sample, number(case, "probability")).unwrap();
        let expected = number(case, "value");
        // Near zero the two ways to interpolate differ in the last bits of
        // the neighbours, not of the result.
        assert!(
            (found - expected).abs() < 1e-14 * (1.0 + expected.abs()),
            "{found} in {case}"
        );
    }
}

#[test]
fn the_median_absolute_deviation_matches_scipy() {
    let fixture = fixture("location");
    for case in cases(&fixture, "median_absolute_deviation") {
        let sample = sample(&fixture, case);
        let expected = number(case, "value");
        assert_close(
            median_absolute_deviation(&sample).unwrap(),
            expected,
            1e-12,
            case,
        );
        let scaled = robust_standard_deviation(&sample).unwrap();
        assert_close(scaled, 1.4826 * expected, 1e-12, case);
    }
}

#[test]
fn the_hodges_lehmann_estimate_matches_numpy() {
    let fixture = fixture("location");
    for case in cases(&fixture, "hodges_lehmann") {
        let found = hodges_lehmann(&sample(&fixture, case)).unwrap();
        assert_close(found, number(case, "value"), 1e-12, case);
    }
}

#[test]
fn the_signed_rank_test_matches_scipy_with_and_without_ties() {
    let fixture = fixture("signed_rank");
    for case in cases(&fixture, "cases") {
        let alternative = match case["alternative"].as_str() {
            Some("two-sided") => Alternative::TwoSided,
            Some("greater") => Alternative::Greater,
            Some("less") => Alternative::Less,
            _ => panic!("no alternative in {case}"),
        };
        let sample = sample(&fixture, case);
        let found = signed_rank_test(&sample, number(case, "location"), alternative).unwrap();
        assert_close(found.w_plus, number(case, "w_plus"), 0.0, case);
        assert_eq!(Some(found.zeros as u64), case["zeros"].as_u64(), "{case}");
        assert_eq!(found.ranked + found.zeros, sample.len(), "{case}");
        assert_close(found.p_value, number(case, "p_value"), 1e-11, case);
    }
}

#[test]
fn the_signed_rank_interval_is_what_scipys_test_does_not_reject() {
    let fixture = fixture("signed_rank_interval");
    for case in cases(&fixture, "cases") {
        let sample = sample(&fixture, case);
        let found = signed_rank_interval(&sample, number(case, "asked")).unwrap();
        assert_same_interval(found, case);
    }
}

#[test]
fn the_median_interval_matches_scipys_quantile_test() {
    let fixture = fixture("median_interval");
    for case in cases(&fixture, "cases") {
        let sample = sample(&fixture, case);
        let found = median_interval(&sample, number(case, "asked")).unwrap();
        assert_same_interval(found, case);
    }
}

#[test]
fn holm_matches_statsmodels() {
    let fixture = fixture("holm");
    for case in cases(&fixture, "cases") {
        let adjusted = holm(&numbers(&case["p_values"])).unwrap();
        let expected = numbers(&case["adjusted"]);
        assert_eq!(adjusted.len(), expected.len(), "{case}");
        for (found, expected) in adjusted.into_iter().zip(expected) {
            assert_close(found, expected, 1e-14, case);
        }
    }
}

#[test]
fn the_clopper_pearson_interval_matches_scipy() {
    let fixture = fixture("clopper_pearson");
    for case in cases(&fixture, "cases") {
        let count = |key: &str| case[key].as_u64().expect("a count");
        let level = number(case, "level");
        let found = clopper_pearson(count("successes"), count("trials"), level).unwrap();
        assert_close(found.low, number(case, "low"), 1e-11, case);
        assert_close(found.high, number(case, "high"), 1e-11, case);
    }
}

/// Of Cobb's Nile data too, whose change after its 28th year (1898) is known.
#[test]
fn pettitts_test_matches_scipy_and_pyhomogeneity() {
    let fixture = fixture("pettitt");
    for case in cases(&fixture, "cases") {
        let found = pettitt(&sample(&fixture, case)).unwrap();
        assert_close(found.k, number(case, "k"), 0.0, case);
        assert_eq!(Some(found.change as u64), case["change"].as_u64(), "{case}");
        assert_close(found.p_value, number(case, "p_value"), 1e-12, case);
    }
}

/// Hollander and Wolfe (1973), page 29, and R's help page on `wilcox.test`:
/// V = 40, p-value = 0.01953.
#[test]
fn hollander_and_wolfes_depression_data_give_their_published_figures() {
    let improvement = named_sample("depression");
    let test = signed_rank_test(&improvement, 0.0, Alternative::Greater).unwrap();
    assert_eq!((test.w_plus, test.p_value), (40.0, 0.019_531_25));
}

/// Darwin's maize in `SciPy`'s documentation of `wilcoxon`: statistic 24 (the
/// smaller rank sum, of 120), p-value 0.041259765625.
#[test]
fn darwins_maize_gives_the_p_value_in_scipys_documentation() {
    let difference = named_sample("darwin");
    let test = signed_rank_test(&difference, 0.0, Alternative::TwoSided).unwrap();
    assert_eq!(
        (120.0 - test.w_plus, test.p_value),
        (24.0, 0.041_259_765_625)
    );
}

/// OEIS A226330, critical values of Wilcoxon's T for a one-sided p of at most
/// 2.5 %, from n = 6 to 30; the interval's rank is one more.
#[test]
fn critical_values_are_those_of_the_published_table() {
    let table = [
        0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 34, 40, 46, 52, 58, 65, 73, 81, 89, 98, 107, 116,
        126, 137,
    ];
    for (n, critical) in (6..).zip(table) {
        // Powers of three: no two Walsh averages are equal.
        let sample: Vec<f64> = (0..n).map(|i| 3_f64.powi(i)).collect();
        let interval = signed_rank_interval(&sample, 0.95).unwrap();
        let mut averages: Vec<f64> = (0..sample.len())
            .flat_map(|i| (0..=i).map(move |j| (i, j)))
            .map(|(i, j)| f64::midpoint(sample[i], sample[j]))
            .collect();
        averages.sort_by(f64::total_cmp);
        let below = averages
            .iter()
            .filter(|&&average| average < interval.low)
            .count();
        assert_eq!(below, critical, "n = {n}");
    }
}

//! The result for programs that know tests: `JUnit` XML.

use super::row::Row;
use crate::gate::error::GateError;
use crate::gate::finding::Gate;
use crate::gate::verdict::{Strictness, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// The result as `JUnit` XML: a suite a bench target, a case a benchmark.
///
/// Regressed and missing benchmarks are failures, those that did not run are
/// errors. What could not be judged is a failure, or skipped if it only is to
/// be warned of; an added benchmark is skipped.
///
/// # Errors
/// When the XML can't be written, for which there is no known reason.
///
/// ```no_run
/// # fn show(gate: &speedup::gate::Gate) -> Result<(), speedup::gate::GateError> {
/// print!("{}", speedup::gate::output::to_junit(gate)?);
/// # Ok(())
/// # }
/// ```
pub fn to_junit(gate: &Gate) -> Result<String, GateError> {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for (finding, row) in gate.findings.iter().zip(Row::all(gate)) {
        let target = finding.benchmark.target.as_str();
        let mut case = TestCase::new(
            finding.benchmark.id.as_str(),
            status(finding.verdict, gate.undecided, &row),
        );
        case.set_classname(target);
        case.set_time(finding.duration);
        if !row.change.is_empty() {
            case.set_system_out(format!(
                "{}; 95 % interval {}; smallest slowdown found {}; {}",
                row.change, row.interval, row.smallest_found, row.times
            ));
        }
        let suite = suites
            .entry(target)
            .or_insert_with(|| TestSuite::new(target));
        suite.add_test_case(case);
    }
    let mut report = Report::new("speedup gate");
    report.set_time(gate.measuring);
    report.add_test_suites(suites.into_values());
    let text = report.to_string().map_err(|error| GateError::Page {
        page: "JUnit",
        why: error.to_string(),
    })?;
    Ok(without_skipped(&text))
}

/// The schema that Jenkins checks against (`junit-10.xsd` of its xUnit plugin)
/// knows no `skipped` of the root element, only of suites.
fn without_skipped(text: &str) -> String {
    const ATTRIBUTE: &str = " skipped=\"";
    let root_end = text
        .find("<testsuites")
        .and_then(|root| Some(root + text[root..].find('>')?));
    let Some(start) = root_end.and_then(|end| text[..end].find(ATTRIBUTE)) else {
        return text.to_owned();
    };
    let value = start + ATTRIBUTE.len();
    match text[value..].find('"') {
        Some(length) => [&text[..start], &text[value + length + 1..]].concat(),
        None => text.to_owned(),
    }
}

fn status(verdict: Verdict, undecided: Strictness, row: &Row) -> TestCaseStatus {
    let bad = |kind| TestCaseStatus::non_success(kind);
    let mut status = match verdict {
        Verdict::Unchanged | Verdict::Improved => return TestCaseStatus::success(),
        Verdict::Regressed | Verdict::Missing => bad(NonSuccessKind::Failure),
        Verdict::Failed => bad(NonSuccessKind::Error),
        Verdict::Added => TestCaseStatus::skipped(),
        Verdict::Unfit | Verdict::Undecided => match undecided {
            Strictness::Fail => bad(NonSuccessKind::Failure),
            Strictness::Warn => TestCaseStatus::skipped(),
        },
    };
    status.set_type(verdict.name());
    status.set_message(message(verdict, row));
    if !row.reason.is_empty() {
        status.set_description(row.reason.as_str());
    }
    status
}

fn message(verdict: Verdict, row: &Row) -> String {
    match verdict {
        Verdict::Regressed => format!("slower: {} ({})", row.change, row.interval),
        Verdict::Missing => "the base has this benchmark, the head has not".to_owned(),
        Verdict::Added => "the base has no such benchmark: nothing to compare".to_owned(),
        Verdict::Failed => "the benchmark did not run to its end".to_owned(),
        Verdict::Unfit => format!(
            "the same source, built with other metadata, differs by {}",
            row.rebuilt
        ),
        _ => format!(
            "neither a change nor its absence was shown: {}",
            row.interval
        ),
    }
}

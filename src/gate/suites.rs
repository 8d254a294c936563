//! The benchmarks of both revisions: which have to be measured, and of which
//! all is known already.

use super::build::{Build, Suite};
use super::candidate::Candidate;
use super::error::{GateError, Side};
use super::finding::{Benchmark, Finding};
use super::git::Revision;
use super::place::Place;
use super::request::Request;
use super::same::is_same_code;
use super::verdict::Verdict;
use crate::paired::Conductor;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The benchmarks of both sides, each with the suite that has it.
pub(super) struct Suites<'a> {
    base: BTreeMap<Benchmark, &'a Suite>,
    head: BTreeMap<Benchmark, &'a Suite>,
}

impl<'a> Suites<'a> {
    pub(super) fn list(
        conductor: &mut Conductor,
        revisions: [&Revision; 2],
        built: &'a [Build; 2],
        notes: &mut Vec<String>,
    ) -> Result<Self, GateError> {
        let mut of = |index: usize, side| {
            listed(
                conductor,
                side,
                revisions[index],
                &built[index].suites,
                notes,
            )
        };
        Ok(Self {
            base: of(0, Side::Base)?,
            head: of(1, Side::Head)?,
        })
    }

    /// What is known already, and what has to be measured.
    pub(super) fn split(
        self,
        request: &Request,
        place: &Place,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<Finding>, Vec<Candidate<'a>>), GateError> {
        let all: BTreeSet<&Benchmark> = self.base.keys().chain(self.head.keys()).collect();
        let is_wanted = |benchmark: &Benchmark| {
            let filter = request.filter.as_ref();
            filter.is_none_or(|filter| filter.is_match(&benchmark.id))
        };
        let wanted: Vec<&Benchmark> = all.iter().copied().filter(|each| is_wanted(each)).collect();
        if wanted.is_empty() {
            return Err(GateError::NothingToCompare {
                filter: request.filter.as_ref().map(ToString::to_string),
                known: all.len(),
            });
        }
        let mut same_code = SameCode::new(place);
        let (mut findings, mut candidates) = (Vec::new(), Vec::new());
        for benchmark in wanted {
            let (base, head) = match (self.base.get(benchmark), self.head.get(benchmark)) {
                (Some(base), Some(head)) => (*base, *head),
                (None, _) => {
                    findings.push(Finding::new(benchmark.clone(), Verdict::Added, None));
                    continue;
                }
                (_, None) => {
                    findings.push(Finding::new(benchmark.clone(), Verdict::Missing, None));
                    continue;
                }
            };
            if same_code.is_same(base, head)? && !request.measure_identical {
                let reason = Some("compiled to the same code".to_owned());
                let finding = Finding::new(benchmark.clone(), Verdict::Unchanged, reason);
                findings.push(finding);
                continue;
            }
            candidates.push(Candidate::new(benchmark.clone(), base, head));
        }
        if let Some(note) = same_code.note() {
            notes.push(note);
        }
        Ok((findings, candidates))
    }
}

fn listed<'a>(
    conductor: &mut Conductor,
    side: Side,
    revision: &Revision,
    suites: &'a [Suite],
    notes: &mut Vec<String>,
) -> Result<BTreeMap<Benchmark, &'a Suite>, GateError> {
    let mut found = BTreeMap::new();
    let mut why = String::new();
    for suite in suites {
        let ids = match conductor.benchmarks(&suite.executable, Some(&suite.folder)) {
            Ok(ids) => ids,
            Err(error) => {
                let target = &suite.target;
                notes.push(format!(
                    "the bench target '{target}' of the {side} is left out: {error}"
                ));
                why = error.to_string();
                continue;
            }
        };
        for id in ids {
            let (target, id) = (suite.target.clone(), id.clone());
            found.insert(Benchmark { target, id }, suite);
        }
    }
    if found.is_empty() {
        return Err(GateError::NoSuite {
            side,
            revision: revision.name.clone(),
            why,
        });
    }
    Ok(found)
}

/// Which suites were compiled to the same code.
struct SameCode<'a> {
    paths: Vec<(PathBuf, PathBuf)>,
    known: BTreeMap<&'a str, bool>,
}

impl<'a> SameCode<'a> {
    fn new(place: &Place) -> Self {
        let pair = |of: &dyn Fn(Side) -> PathBuf| (of(Side::Base), of(Side::Head));
        Self {
            paths: vec![
                pair(&|side| place.tree(side)),
                pair(&|side| place.target(side)),
            ],
            known: BTreeMap::new(),
        }
    }

    fn is_same(&mut self, base: &'a Suite, head: &'a Suite) -> Result<bool, GateError> {
        if let Some(known) = self.known.get(base.target.as_str()) {
            return Ok(*known);
        }
        let paths: Vec<(&Path, &Path)> = self
            .paths
            .iter()
            .map(|(base, head)| (base.as_path(), head.as_path()))
            .collect();
        let same = is_same_code(&base.executable, &head.executable, &paths)?;
        self.known.insert(&base.target, same);
        Ok(same)
    }

    fn note(&self) -> Option<String> {
        let same = self.known.values().filter(|same| **same).count();
        (same > 0).then(|| {
            format!(
                "{same} of {} executables were compiled to the same code in both revisions",
                self.known.len()
            )
        })
    }
}

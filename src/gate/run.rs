//! A whole gate, from two revisions to verdicts.

use super::build::{Build, Builder, Metadata, Suite, What};
use super::decide::Rules;
use super::error::{GateError, Side};
use super::finding::{Benchmark, Finding, Gate};
use super::git::Revision;
use super::keeper::Keeper;
use super::machine::Machine;
use super::measure::{self, benchmarks};
use super::package::Package;
use super::place::Place;
use super::plan::{Plan, plan};
use super::same::is_same_code;
use super::stages::{Candidate, Clock, Stages};
use super::verdict::{Strictness, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What is to be gated, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The manifest of the package; that of the current folder if none.
    pub manifest: Option<PathBuf>,
    /// The revision that is compared with.
    pub base: String,
    /// The revision that is judged; the working tree with its changes if none.
    pub head: Option<String>,
    /// Bench targets; all of them, if none is named.
    pub benches: Vec<String>,
    /// Only benchmarks that match.
    pub filter: Option<regex::Regex>,
    /// More arguments for `cargo bench --no-run`.
    pub cargo_arguments: Vec<String>,
    /// What the verdicts are held to.
    pub rules: Rules,
    /// What becomes of that which could not be judged.
    pub undecided: Strictness,
    /// The time for measuring; as long as it takes if none.
    pub budget: Option<Duration>,
    /// How long an arm may keep the others waiting.
    pub deadline: Duration,
    /// Where worktrees and builds are; among the user's caches if none.
    pub cache: Option<PathBuf>,
    /// Measure even what was compiled to the same code: for finding out how
    /// often the gate alarms.
    pub measure_identical: bool,
}

impl Request {
    /// The working tree of the current folder against `base`, by the default
    /// rules.
    ///
    /// ```
    /// use speedup::gate::Request;
    /// assert_eq!(Request::new("origin/main").head, None);
    /// ```
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            manifest: None,
            base: base.into(),
            head: None,
            benches: Vec::new(),
            filter: None,
            cargo_arguments: Vec::new(),
            rules: Rules::default(),
            undecided: Strictness::Fail,
            budget: None,
            deadline: Duration::from_mins(2),
            cache: None,
            measure_identical: false,
        }
    }
}

/// What a gate is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Another gate uses the same folder.
    Waiting(PathBuf),
    /// Building a side; the base once more with other metadata, if `again`.
    Building {
        /// Which one.
        side: Side,
        /// How its revision is named.
        label: String,
        /// Whether it is the rebuilt base.
        again: bool,
    },
    /// About to measure.
    Planned(Plan),
    /// Screening: another look at a benchmark.
    Screening(Measuring),
    /// Deciding a routed benchmark.
    Deciding(Measuring),
}

/// Which benchmark is measured, and what is still to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Measuring {
    /// Which one.
    pub benchmark: Benchmark,
    /// Of this stage, those that are done.
    pub done: usize,
    /// Of this stage, all of them.
    pub of: usize,
    /// How long this stage still takes, once that can be told.
    pub left: Option<Duration>,
}

/// Gates a revision against another; `progress` is called before each step.
///
/// # Errors
/// When there is nothing to compare, or something on the way goes wrong: see
/// [`GateError`], which knows its exit code. A benchmark that fails is no
/// error but a verdict, [`Verdict::Failed`].
///
/// ```no_run
/// use speedup::gate::{Request, run};
///
/// let gate = run(&Request::new("origin/main"), &mut |_| ())?;
/// println!("{}", gate.headline());
/// # Ok::<(), speedup::gate::GateError>(())
/// ```
pub fn run(request: &Request, progress: &mut dyn FnMut(Step)) -> Result<Gate, GateError> {
    let started = SystemTime::now().duration_since(UNIX_EPOCH);
    let package = Package::find(request.manifest.as_deref())?;
    let repository = &package.repository;
    let base = repository.revision(&request.base)?;
    let named = request
        .head
        .as_ref()
        .map(|head| repository.revision(head))
        .transpose()?;
    let mut waiting = |path: &Path| progress(Step::Waiting(path.to_owned()));
    let place = Place::lock(request.cache.as_deref(), repository, &mut waiting)?;
    let head = match named {
        Some(head) => head,
        None => repository.working_tree(&place.index())?,
    };

    let start = Instant::now();
    let trees = [Side::Base, Side::Head].map(|side| place.tree(side));
    let mut keeper = Keeper::start(repository, &[&trees[0], &trees[1]], place.lock_file())?;
    for (tree, revision) in trees.iter().zip([&base, &head]) {
        repository.remove_worktree(tree)?;
        repository.add_worktree(tree, revision)?;
    }
    let what = What {
        benches: request.benches.clone(),
        cargo_arguments: request.cargo_arguments.clone(),
    };
    let mut builder = Builder {
        place: &place,
        package: &package,
        what: &what,
        keeper: &mut keeper,
    };
    let mut own = |side, revision: &Revision, progress: &mut dyn FnMut(Step)| {
        progress(Step::Building {
            side,
            label: revision.label(),
            again: false,
        });
        builder.build(side, revision, Metadata::Own)
    };
    let built = [
        own(Side::Base, &base, progress)?,
        own(Side::Head, &head, progress)?,
    ];
    let building = start.elapsed();

    let mut notes = notes(&built, &head);
    let suites = Suites::list(request, [&base, &head], &built, &mut notes)?;
    let (mut findings, candidates) = suites.split(request, &place, &mut notes)?;

    let mut judged = Judged::default();
    if !candidates.is_empty() {
        let third_arm = || builder.build(Side::Base, &base, Metadata::Other);
        judged = judge(request, candidates, &base, third_arm, &mut notes, progress)?;
        findings.append(&mut judged.findings);
    }
    if findings.iter().any(|finding| finding.is_coarse) {
        notes.push(COARSE.to_owned());
    }
    worst_first(&mut findings);
    let [of_base, of_head] = built;
    Ok(Gate {
        base,
        head,
        toolchains: [of_base.toolchain, of_head.toolchain],
        machine: Machine::this(),
        rules: request.rules,
        undecided: request.undecided,
        plan: judged.plan,
        findings,
        notes,
        building: building + judged.rebuilding,
        measuring: judged.measuring,
        started_unix_s: started.map_or(0, |time| time.as_secs()),
    })
}

/// What measuring came to.
#[derive(Default)]
struct Judged {
    findings: Vec<Finding>,
    plan: Option<Plan>,
    rebuilding: Duration,
    measuring: Duration,
}

/// Screens and decides; `third_arm` builds the base again, once something is
/// routed.
fn judge(
    request: &Request,
    candidates: Vec<Candidate<'_>>,
    base: &Revision,
    third_arm: impl FnOnce() -> Result<Build, GateError>,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(Step),
) -> Result<Judged, GateError> {
    let plan = plan(candidates.len(), request.budget, &request.rules);
    progress(Step::Planned(plan.clone()));
    let mut stages = Stages {
        rules: &request.rules,
        deadline: request.deadline,
        clock: Clock::start(request.budget),
        progress,
    };
    let screened = stages.screen(candidates)?;
    let mut rebuilding = Duration::ZERO;
    let mut rebuilt = None;
    if screened.iter().any(Candidate::is_routed) {
        let start = Instant::now();
        (stages.progress)(Step::Building {
            side: Side::Base,
            label: base.label(),
            again: true,
        });
        match third_arm() {
            Ok(build) => rebuilt = Some(build),
            Err(error) => notes.push(format!(
                "the base could not be rebuilt with other metadata, so that no benchmark can be \
                 told to be unfit: {error}"
            )),
        }
        rebuilding = start.elapsed();
        stages.clock.forgive(rebuilding);
    }
    let suites = rebuilt.as_ref().map_or(&[][..], |build| &build.suites);
    let findings = stages.decide(&screened, suites)?;
    Ok(Judged {
        findings,
        plan: Some(plan),
        rebuilding,
        measuring: stages.clock.elapsed(),
    })
}

const COARSE: &str = "some suites don't use `speedup::Paired`, so whole processes took turns \
    instead of samples: far coarser, and often undecided. One line changes that: \
    Criterion::default().with_measurement(Paired::from_env())";

fn notes(built: &[Build; 2], head: &Revision) -> Vec<String> {
    let mut notes = Vec::new();
    if head.is_dirty {
        notes.push(
            "the head is the working tree with its uncommitted changes, new files included"
                .to_owned(),
        );
    }
    if built[0].toolchain != built[1].toolchain {
        notes.push(
            "the revisions were built by different toolchains, as their own files ask for; what \
             that changes is part of the ratios"
                .to_owned(),
        );
    }
    notes
}

fn worst_first(findings: &mut [Finding]) {
    let ratio = |finding: &Finding| finding.estimate.map_or(0.0, |estimate| estimate.ratio);
    findings.sort_by(|a, b| {
        let by_verdict = a.verdict.cmp(&b.verdict);
        by_verdict
            .then(ratio(b).total_cmp(&ratio(a)))
            .then(a.benchmark.cmp(&b.benchmark))
    });
}

/// The benchmarks of both sides, each with the suite that has it.
struct Suites<'a> {
    base: BTreeMap<Benchmark, &'a Suite>,
    head: BTreeMap<Benchmark, &'a Suite>,
}

impl<'a> Suites<'a> {
    fn list(
        request: &Request,
        revisions: [&Revision; 2],
        built: &'a [Build; 2],
        notes: &mut Vec<String>,
    ) -> Result<Self, GateError> {
        let mut of = |index: usize, side| {
            listed(side, revisions[index], &built[index].suites, request, notes)
        };
        Ok(Self {
            base: of(0, Side::Base)?,
            head: of(1, Side::Head)?,
        })
    }

    /// What is known already, and what has to be measured.
    fn split(
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
    side: Side,
    revision: &Revision,
    suites: &'a [Suite],
    request: &Request,
    notes: &mut Vec<String>,
) -> Result<BTreeMap<Benchmark, &'a Suite>, GateError> {
    let mut found = BTreeMap::new();
    let mut why = String::new();
    for suite in suites {
        let build = measure::Build {
            executable: &suite.executable,
            folder: &suite.folder,
        };
        let ids = match benchmarks(build, request.deadline) {
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
            let target = suite.target.clone();
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

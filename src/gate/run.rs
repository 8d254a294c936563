//! A whole gate, from two revisions to verdicts.

use super::build::{Build, Builder, What};
use super::candidate::Candidate;
use super::compiler::Metadata;
use super::error::{GateError, Side};
use super::finding::{Finding, Gate};
use super::git::Revision;
use super::keeper::Keeper;
use super::machine::Machine;
use super::package::Package;
use super::place::Place;
use super::plan::{Plan, plan};
use super::request::{Request, Step};
use super::stages::{Clock, Stages};
use super::suites::Suites;
use crate::paired::Conductor;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Gates a revision against another; `progress` is called before each step.
///
/// # Errors
/// When there is nothing to compare, or something on the way goes wrong: see
/// [`GateError`], which knows its exit code. A benchmark that fails is no
/// error but a verdict, [`Verdict::Failed`](super::Verdict::Failed).
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
    let mut conductor = Conductor::new(request.deadline)?;
    let suites = Suites::list(&mut conductor, [&base, &head], &built, &mut notes)?;
    let (mut findings, candidates) = suites.split(request, &place, &mut notes)?;

    let mut judged = Judged::default();
    if !candidates.is_empty() {
        let third_arm = || builder.build(Side::Base, &base, Metadata::Other);
        let mut stages = Stages {
            rules: &request.rules,
            conductor: &mut conductor,
            clock: Clock::start(request.budget),
            progress,
        };
        judged = judge(&mut stages, candidates, &base, third_arm, &mut notes)?;
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
    stages: &mut Stages<'_>,
    candidates: Vec<Candidate<'_>>,
    base: &Revision,
    third_arm: impl FnOnce() -> Result<Build, GateError>,
    notes: &mut Vec<String>,
) -> Result<Judged, GateError> {
    let plan = plan(candidates.len(), stages.clock.budget, stages.rules);
    (stages.progress)(Step::Planned(plan.clone()));
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

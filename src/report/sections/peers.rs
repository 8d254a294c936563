//! Against its peers: what else does the same jobs, and how long that takes.

use super::{Block, Section};
use crate::report::answers::{Claim, against_peers, full_name};
use crate::report::chart::{Axis, Dot, ForestGroup, ForestPlot};
use crate::report::input::Input;
use crate::report::peers::{COMMAND, PeerJob, PeerSide, Peers, TimeRatio};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::{Unit, utc};

pub(super) fn section(input: &Input) -> Section {
    let (intro, blocks) = match &input.peers {
        None => (
            "What else does the same jobs, and how long that takes.",
            vec![Block::Text(format!(
                "Nothing was measured against its peers: `{COMMAND}` does so."
            ))],
        ),
        Some(peers) => (
            "The same jobs, done by what else one would pick. All sides of a job give the same \
             answers, take turns in short units, so that what disturbs one disturbs all, and begin \
             afresh a few times (relaunches). A ratio is a side\u{2019}s time over ours: above 1, \
             ours is faster.",
            blocks(peers),
        ),
    };
    Section {
        anchor: "peers",
        title: "Against its peers",
        intro: intro.to_owned(),
        blocks,
    }
}

fn blocks(peers: &Peers) -> Vec<Block> {
    let mut blocks = Vec::new();
    if peers.jobs.is_empty() {
        blocks.push(Block::Text(format!(
            "None of the jobs that were measured can be shown: `{COMMAND}` measures them again."
        )));
    } else {
        blocks.push(answers(peers));
        blocks.push(ratios(peers));
    }
    blocks.extend(skipped(peers));
    blocks.push(Block::Table {
        title: "Versions of the peers".to_owned(),
        caption: "What they said of themselves.".to_owned(),
        table: versions(peers),
    });
    blocks.push(Block::Table {
        title: "How the peers were measured".to_owned(),
        caption: "Here, and on which machine; it need not be the run above.".to_owned(),
        table: facts(peers),
    });
    let command = peers.command.replace('`', "'");
    blocks.push(Block::Text(format!("To measure them again: `{command}`.")));
    blocks
}

/// A sentence a job.
fn answers(peers: &Peers) -> Block {
    let columns = ["job", "answer", "checked"];
    let mut table = Table::new("peers_answers", "Who is faster at each job", &columns);
    for job in &peers.jobs {
        table.rows.push(vec![
            Cell::text(job.title.clone()),
            Cell::text(against_peers(job)),
            Cell::text(format!("Checked: {}", job.checked)),
        ]);
    }
    Block::List {
        title: "Who is faster?".to_owned(),
        caption: "In parentheses is the interval of each ratio; where it holds 1, nothing is \
                  claimed."
            .to_owned(),
        table,
    }
}

/// All ratios around the line at 1. Where no side but ours was measured, their
/// table alone.
fn ratios(peers: &Peers) -> Block {
    let groups: Vec<ForestGroup> = peers.jobs.iter().filter_map(group).collect();
    let question = "How long does each side take, beside ours?".to_owned();
    let caption = "Ratios of times, with intervals, around the line at 1, on a logarithmic axis: \
                   ■ slower than ours, ▼ faster than ours, ◆ undecided, ● another side of our own.";
    let table = table(peers);
    if groups.is_empty() {
        return Block::Table {
            title: question,
            caption: "There is nothing to compare with.".to_owned(),
            table,
        };
    }
    let ends = groups.iter().flat_map(|group| &group.dots).flat_map(|dot| {
        let (low, high) = dot.interval.unwrap_or((dot.value, dot.value));
        [low, high]
    });
    let plot = ForestPlot {
        id: "peers-ratios".to_owned(),
        title: "Times over those of our side".to_owned(),
        axis: Axis::logarithmic("time over ours (logarithmic)", ends.chain([1.0])),
        line_name: "as long as ours".to_owned(),
        groups,
    };
    Block::Figure {
        question,
        caption: caption.to_owned(),
        svg: plot.svg(),
        table,
    }
}

fn group(job: &PeerJob) -> Option<ForestGroup> {
    let dots: Vec<Dot> = job.sides.iter().filter_map(dot).collect();
    (!dots.is_empty()).then(|| ForestGroup {
        name: job.title.clone(),
        reference: format!("1 is {}", job.sides[0].name),
        dots,
    })
}

fn dot(side: &PeerSide) -> Option<Dot> {
    let ratio = side.ratio?;
    Some(Dot {
        name: full_name(side),
        look: look(side.is_ours, &ratio),
        value: ratio.estimate,
        interval: Some((ratio.low, ratio.high)),
    })
}

/// Each line has its name beside it, so looks are free to show the verdict: as
/// the caption says.
fn look(is_ours: bool, ratio: &TimeRatio) -> usize {
    match (is_ours, ratio.claim()) {
        (true, _) => 0,
        (false, Claim::Slower) => 1,
        (false, Claim::Undecided) => 3,
        (false, Claim::Faster) => 4,
    }
}

fn table(peers: &Peers) -> Table {
    let columns = [
        "job",
        "side",
        "ratio",
        "time",
        "of",
        "peak memory",
        "relaunches",
        "peer",
        "version",
        "its time includes",
    ];
    let mut table = Table::new("peers", "Times and ratios of all sides", &columns);
    for job in &peers.jobs {
        for side in &job.sides {
            let ratio = side.ratio.as_ref().map(TimeRatio::quantity);
            let peak = side
                .peak_bytes
                .map(|bytes| Quantity::new(bytes as f64, Unit::Bytes));
            let relaunches = Quantity::new(side.relaunches as f64, Unit::Count);
            let version = side.peer.as_deref().map(|peer| peers.version(peer));
            table.rows.push(vec![
                Cell::text(job.title.clone()),
                Cell::text(side.name.clone()),
                Cell::number(ratio, "1 is this side"),
                Cell::Number(Quantity::new(side.unit_ns, Unit::Nanoseconds)),
                Cell::text(side.unit.clone()),
                Cell::number(peak, "–"),
                Cell::number(side.ratio.map(|_| relaunches), "–"),
                side.peer.clone().map_or(Cell::Missing("–"), Cell::text),
                match version {
                    Some(Some(version)) => Cell::text(version),
                    Some(None) => Cell::Missing("unknown"),
                    None => Cell::Missing("–"),
                },
                Cell::text(side.includes.clone()),
            ]);
        }
    }
    table
}

/// What was not there, and how to get it.
fn skipped(peers: &Peers) -> Option<Block> {
    let columns = ["peer", "why", "to install it", "jobs that lack it"];
    let mut table = Table::new("peers_skipped", "Peers that were not measured", &columns);
    for skipped in &peers.skipped {
        let titles = skipped.jobs.iter().map(|name| {
            let job = peers.jobs.iter().find(|job| job.name == *name);
            job.map_or(name.as_str(), |job| job.title.as_str())
        });
        table.rows.push(vec![
            Cell::text(skipped.peer.clone()),
            Cell::text(skipped.why.clone()),
            Cell::text(skipped.install.clone()),
            Cell::text(titles.collect::<Vec<_>>().join("; ")),
        ]);
    }
    (!table.rows.is_empty()).then(|| Block::Table {
        title: "Skipped".to_owned(),
        caption: "Peers that were not installed where it was measured.".to_owned(),
        table,
    })
}

fn versions(peers: &Peers) -> Table {
    let mut table = Table::new("peers_versions", "Versions", &["peer", "version"]);
    for (peer, version) in &peers.versions {
        table
            .rows
            .push(vec![Cell::text(peer.clone()), Cell::text(version.clone())]);
    }
    table
}

fn facts(peers: &Peers) -> Table {
    let mut table = Table::new(
        "peers_run",
        "How the peers were measured",
        &["what", "value"],
    );
    let mut add = |name: &str, value: Cell| table.rows.push(vec![Cell::text(name), value]);
    let text = |text: Option<&String>| {
        text.map_or(Cell::Missing("unknown"), |text| Cell::text(text.clone()))
    };
    add("Command", Cell::text(peers.command.clone()));
    add("Begun", Cell::text(utc(peers.started_unix_s)));
    let seconds = peers
        .seconds
        .map(|seconds| Quantity::new(seconds * 1e9, Unit::Nanoseconds));
    add("Took", Cell::number(seconds, "unknown"));
    add("Commit", text(peers.commit.as_ref()));
    add("Toolchain", text(peers.toolchain.as_ref()));
    add("Scale", text(peers.scale.as_ref()));
    add(
        "Intervals",
        Cell::Number(Quantity::new(peers.level, Unit::Fraction)),
    );
    add("Processor", text(peers.machine.processor.as_ref()));
    let cores = peers
        .machine
        .cores_available
        .map(|cores| Quantity::new(cores as f64, Unit::Count));
    add("CPUs available", Cell::number(cores, "unknown"));
    add("System", text(peers.machine.system.as_ref()));
    table
}

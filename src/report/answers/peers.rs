//! What is said of a job and its sides.

use super::{Claim, with_interval};
use crate::report::peers::{PeerJob, PeerSide, TimeRatio};
use crate::report::table::Quantity;
use crate::report::units::Unit;

impl TimeRatio {
    /// What its interval allows to say of the side whose time it is.
    pub(in crate::report) fn claim(&self) -> Claim {
        Claim::of(1.0 / self.high, 1.0 / self.low)
    }

    pub(in crate::report) fn quantity(&self) -> Quantity {
        Quantity::new(self.estimate, Unit::Times).within(self.low, self.high)
    }

    /// The other way round: how many times as fast.
    fn speed_up(&self) -> Quantity {
        Quantity::new(1.0 / self.estimate, Unit::Times).within(1.0 / self.high, 1.0 / self.low)
    }
}

/// How every other side of a job does beside our own: first the peers, then our
/// other sides; of each, what is faster, then undecided, then slower.
pub(in crate::report) fn against_peers(job: &PeerJob) -> String {
    let Some(ours) = job.sides.first() else {
        return String::new();
    };
    let mut others: Vec<(&PeerSide, TimeRatio)> = job
        .sides
        .iter()
        .filter_map(|side| Some((side, side.ratio?)))
        .collect();
    if others.is_empty() {
        return format!("Nothing was measured beside {}.", ours.name);
    }
    others.sort_by_key(|(side, ratio)| (side.is_ours, ratio.claim()));
    let mut said: Vec<String> = others
        .iter()
        .map(|(side, ratio)| clause(side, ratio))
        .collect();
    // What all of them are held against is named once.
    said[0] = format!("{} as {}", said[0], ours.name);
    said.join("; ") + "."
}

/// "CPython takes 5.85 (5.78 to 5.89) times as long".
fn clause(side: &PeerSide, ratio: &TimeRatio) -> String {
    let own = if side.is_ours { "our own " } else { "" };
    let name = full_name(side);
    match ratio.claim() {
        Claim::Faster => {
            let number = with_interval(&ratio.speed_up());
            format!("{own}{name} is faster, {number} times as fast")
        }
        Claim::Undecided => {
            let interval = ratio.quantity().interval_text().unwrap_or_default();
            let range = interval.replace('×', "");
            format!("undecided: {own}{name} may take anything from {range} times as long")
        }
        Claim::Slower => {
            let number = with_interval(&ratio.quantity());
            format!("{own}{name} takes {number} times as long")
        }
    }
}

/// A side's name with whose it is, where that does not show: a side of moka's
/// called `get_with` is "moka, `get_with`".
pub(in crate::report) fn full_name(side: &PeerSide) -> String {
    let name = &side.name;
    match &side.peer {
        Some(peer) if !side.is_ours && !shows(name, peer) => format!("{peer}, {name}"),
        _ => name.clone(),
    }
}

/// Whether the name has the first word of the peer's: "dashu" of "dashu-int".
fn shows(name: &str, peer: &str) -> bool {
    let word = peer.split(['-', '_', ' ']).next().unwrap_or(peer);
    name.to_lowercase().contains(&word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_whose_name_does_not_tell_whose_it_is_gets_the_peers_name() {
        let of = |name: &str, peer: &str| PeerSide {
            peer: Some(peer.to_owned()),
            ..side(name, false, None)
        };
        assert_eq!(full_name(&of("get_with", "moka")), "moka, get_with");
        assert_eq!(
            full_name(&of("dashu's product", "dashu-int")),
            "dashu's product"
        );
        let own = PeerSide {
            is_ours: true,
            ..of("rayon@2", "num-bigint")
        };
        assert_eq!(full_name(&own), "rayon@2");
    }

    fn side(name: &str, is_ours: bool, ratio: Option<(f64, f64, f64)>) -> PeerSide {
        PeerSide {
            name: name.to_owned(),
            is_ours,
            peer: None,
            includes: "the work".to_owned(),
            unit_ns: 1.0,
            unit: "a call".to_owned(),
            peak_bytes: None,
            ratio: ratio.map(|(estimate, low, high)| TimeRatio {
                estimate,
                low,
                high,
            }),
            relaunches: 8,
        }
    }

    fn said(others: Vec<PeerSide>) -> String {
        let sides = [side("prime swing", true, None)].into_iter().chain(others);
        against_peers(&PeerJob {
            name: "job".to_owned(),
            title: "A job".to_owned(),
            checked: "digests".to_owned(),
            sides: sides.collect(),
        })
    }

    #[test]
    fn who_is_faster_comes_first_and_no_claim_spans_1() {
        assert_eq!(
            said(vec![
                side("CPython", false, Some((5.85, 5.78, 5.89))),
                side("rayon", true, Some((1.5, 1.4, 1.6))),
                side("digits", true, Some((0.5, 0.4, 0.8))),
                side("GMP", false, Some((0.5, 0.4, 0.8))),
                side("dashu", false, Some((1.01, 0.98, 1.04))),
            ]),
            "GMP is faster, 2.00 (1.25 to 2.50) times as fast as prime swing; undecided: dashu may \
             take anything from 0.980 to 1.04 times as long; CPython takes 5.85 (5.78 to 5.89) \
             times as long; our own digits is faster, 2.00 (1.25 to 2.50) times as fast; our own \
             rayon takes 1.50 (1.40 to 1.60) times as long."
        );
        for touching in [(1.0, 0.9, 1.0), (1.1, 1.0, 1.2)] {
            let said = said(vec![side("GMP", false, Some(touching))]);
            assert!(said.starts_with("undecided: GMP"), "{said}");
        }
        assert_eq!(said(vec![]), "Nothing was measured beside prime swing.");
    }
}

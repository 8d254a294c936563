//! Laws of scaling, as far as there are points for them.

use super::Block;
use super::computing::STRATEGIES;
use crate::report::names;
use crate::report::rows::Rows;
use crate::report::scaling::{FEWEST_POINTS, Fit, karp_flatt};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

/// A strategy's speed-ups at a size, by workers within the cores.
fn within_cores(rows: &Rows, strategy: &str, size: usize) -> Vec<(usize, f64, f64, f64)> {
    let mut points: Vec<_> = rows
        .of("factorial", strategy)
        .filter(|row| row.id.value() == Some(&size.to_string()))
        .filter_map(|row| {
            let workers = row.id.workers()?.get();
            let speed_up = row.speed_up.as_ref()?;
            (workers <= rows.cores).then_some((
                workers,
                speed_up.value,
                speed_up.low,
                speed_up.high,
            ))
        })
        .collect();
    points.sort_by_key(|(workers, ..)| *workers);
    points
}

pub(super) fn blocks(rows: &Rows, size: usize) -> Vec<Block> {
    vec![serial_parts(rows, size), fits(rows, size)]
}

fn serial_parts(rows: &Rows, size: usize) -> Block {
    let mut table = Table::new(
        "karp_flatt",
        format!("Serial parts, for the factorials below {size}"),
        &["strategy", "workers", "serial part"],
    );
    for strategy in STRATEGIES {
        for (workers, value, low, high) in within_cores(rows, strategy, size) {
            let Some(part) = karp_flatt(value, workers) else {
                continue;
            };
            // The smaller the speed-up, the larger the part.
            let ends = (karp_flatt(high, workers), karp_flatt(low, workers));
            let quantity = match ends {
                (Some(from), Some(to)) => Quantity::new(part, Unit::Fraction).within(from, to),
                _ => Quantity::new(part, Unit::Fraction),
            };
            table.rows.push(vec![
                Cell::text(strategy),
                Cell::Number(Quantity::new(workers as f64, Unit::Count)),
                Cell::Number(quantity),
            ]);
        }
    }
    if table.rows.is_empty() {
        return Block::Text(
            "Serial part (Karp–Flatt): none, since it takes two cores and two workers at least."
                .to_owned(),
        );
    }
    Block::Table {
        title: "What keeps it from being ideal?".to_owned(),
        caption:
            "The serial part by Karp and Flatt, (1/S − 1/k)/(1 − 1/k): all that does not shrink \
                  with k workers. Where it grows with them, it is overhead; below 0, the speed-up \
                  is more than linear."
                .to_owned(),
        table,
    }
}

fn fits(rows: &Rows, size: usize) -> Block {
    let columns = [
        "strategy",
        "Amdahl: serial part",
        "worst error",
        "USL: contention",
        "USL: crosstalk",
        "worst error (USL)",
        "USL: most useful workers",
    ];
    let mut table = Table::new(
        "scaling_fits",
        format!(
            "Fits within {} cores, for the factorials below {size}",
            rows.cores
        ),
        &columns,
    );
    let mut most_points = 0;
    for strategy in STRATEGIES {
        let points = within_cores(rows, strategy, size);
        most_points = most_points.max(points.len());
        let Some((1, alone, ..)) = points.first().copied() else {
            continue;
        };
        let relative: Vec<(f64, f64)> = points
            .iter()
            .map(|(workers, value, ..)| (*workers as f64, value / alone))
            .collect();
        let Some(fit) = Fit::of(&relative) else {
            continue;
        };
        let number = |value, unit| Cell::Number(Quantity::new(value, unit));
        let most = fit
            .most_workers()
            .map(|most| Quantity::new(most, Unit::Plain));
        table.rows.push(vec![
            Cell::text(strategy),
            number(fit.amdahl_serial, Unit::Fraction),
            number(fit.amdahl_error, Unit::Fraction),
            number(fit.usl_contention, Unit::Plain),
            number(fit.usl_crosstalk, Unit::Plain),
            number(fit.usl_error, Unit::Fraction),
            Cell::number(most, "no end"),
        ]);
    }
    if table.rows.is_empty() {
        return Block::Text(format!(
            "Amdahl\u{2019}s law and the universal scalability law are not fitted: a fit takes {FEWEST_POINTS} \
             numbers of workers within the available cores, one worker among them, and there are \
             {most_points} here ({}). Through fewer points, any law fits.",
            match rows.cores {
                1 => "1 core".to_owned(),
                cores => format!("{cores} cores"),
            }
        ));
    }
    Block::Table {
        title: "Which law do the points follow?".to_owned(),
        caption: format!(
            "Least squares over the speed-up relative to {}, within the cores. Amdahl: 1/(σ + (1 − \
             σ)/k). Universal scalability law: k/(1 + σ(k − 1) + κk(k − 1)), whose most useful \
             number of workers is √((1 − σ)/κ). The worst error says how far from its curve a \
             point lies.",
            names::workers(1)
        ),
        table,
    }
}

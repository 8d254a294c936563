//! Imports only go down: the table of ARCHITECTURE.md, held.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom of this crate, lowest first; a module may also import
/// itself.
const LAYERS: [(&str, &[&str]); 12] = [
    ("process_pool", &[]),
    ("stats", &[]),
    ("workload", &[]),
    ("criterion_files", &[]),
    ("time_text", &[]),
    ("whole_file", &[]),
    ("strategy", &["workload", "process_pool"]),
    ("catalog", &["workload", "strategy"]),
    ("paired", &["criterion_files", "stats"]),
    (
        "report",
        &[
            "paired",
            "criterion_files",
            "stats",
            "whole_file",
            "catalog",
        ],
    ),
    (
        "gate",
        &[
            "paired",
            "criterion_files",
            "stats",
            "time_text",
            "whole_file",
        ],
    ),
    (
        "cli",
        &[
            "gate",
            "paired",
            "criterion_files",
            "stats",
            "time_text",
            "whole_file",
            "catalog",
            "report",
        ],
    ),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The module of the crate that a file belongs to: its room.
fn room(file: &Path, src: &Path) -> String {
    let inside = file.strip_prefix(src).expect("a file of src");
    let first = inside.components().next().expect("a name");
    let first = Path::new(first.as_os_str());
    first
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

/// Code without comments: documentation may name whomever it likes.
fn code(text: &str) -> String {
    let without_comment = |line: &str| match line.find("//") {
        Some(start) => line[..start].to_owned(),
        None => line.to_owned(),
    };
    text.lines()
        .map(without_comment)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The modules of the crate that are named in `code` by way of the crate's
/// root: `crate::a`, `crate::{a, b::c}`, and `super::a` where `super` is the
/// root.
fn imports(code: &str, in_root: bool) -> Vec<String> {
    let mut roots = vec!["crate::", "super::super::", "speedup::"];
    if in_root {
        roots.push("super::");
    }
    let mut found = Vec::new();
    for root in roots {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                None => found.extend(first_word(rest)),
                Some(list) => {
                    // Nested lists name items, not modules of the crate.
                    let mut depth = 0;
                    let mut start = true;
                    for (index, character) in list.char_indices() {
                        match character {
                            '{' => depth += 1,
                            '}' if depth == 0 => break,
                            '}' => depth -= 1,
                            ',' if depth == 0 => start = true,
                            _ if character.is_whitespace() => {}
                            _ if start && depth == 0 => {
                                start = false;
                                found.extend(first_word(&list[index..]));
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    found
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

#[test]
fn every_module_imports_only_from_those_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers: BTreeMap<_, _> = LAYERS.into_iter().collect();
    let mut edges = 0;
    for file in rust_files(&src) {
        let room = room(&file, &src);
        if room == "lib" || room == "main" {
            continue;
        }
        let allowed = layers
            .get(room.as_str())
            .unwrap_or_else(|| panic!("'{room}' has no row in the table: {}", file.display()));
        let depth = file
            .strip_prefix(&src)
            .expect("inside")
            .components()
            .count();
        let in_root = depth == 1 || file.ends_with("mod.rs") && depth == 2;
        let text = code(&fs::read_to_string(&file).expect("a source"));
        for import in imports(&text, in_root) {
            let is_room = layers.contains_key(import.as_str());
            if is_room && import != room {
                edges += 1;
                assert!(
                    allowed.contains(&import.as_str()),
                    "{}: '{room}' may not import '{import}'",
                    file.display()
                );
            }
        }
    }
    assert!(
        edges > 10,
        "only {edges} imports were found: is the search broken?"
    );
}

#[test]
fn only_the_command_and_the_suite_print() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&src) {
        // A worker process that can't serve has nowhere else to say so.
        let says_why = file.ends_with("process_pool/worker.rs");
        if says_why || ["cli", "main"].contains(&room(&file, &src).as_str()) {
            continue;
        }
        let text = code(&fs::read_to_string(&file).expect("a source"));
        for word in ["println!", "eprintln!", "print!(", "dbg!"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
    }
}

#[test]
fn the_search_sees_every_way_to_import() {
    let found = |code, in_root| imports(code, in_root).join(" ");
    assert_eq!(found("use crate::stats::median;", false), "stats");
    assert_eq!(found("x: crate::stats::Interval", false), "stats");
    assert_eq!(
        found("use crate::{a::{b, c}, stats, d::e};", false),
        "a stats d"
    );
    assert_eq!(found("use super::super::stats;", false), "stats");
    assert_eq!(found("use super::stats;", true), "stats");
    assert_eq!(found("use super::stats;", false), "");
}

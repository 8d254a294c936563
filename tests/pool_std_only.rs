//! The process pool uses the standard library and nothing else.

use std::fs;
use std::path::Path;

/// Every path in `code` that begins with a name of its own: `name::`, not
/// `other::name::`.
fn path_roots(code: &str) -> Vec<&str> {
    code.match_indices("::")
        .filter_map(|(end, _)| {
            // `collect::<T>` is a type argument.
            if code[end..].starts_with("::<") {
                return None;
            }
            let before = &code[..end];
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let begin = before.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
            let root = &before[begin..];
            let is_first = !before[..begin].ends_with("::");
            (is_first && !root.is_empty()).then_some(root)
        })
        .collect()
}

/// Modules and crates are written small, types with a capital.
fn is_allowed(root: &str, own: &[String]) -> bool {
    const ROOTS: [&str; 4] = ["std", "self", "super", "Self"];
    const IMPORTED_OR_BUILT_IN: &[&str] = &[
        "bool", "clippy", "name", "env", "fmt", "fs", "io", "map", "mem", "panic", "process",
        "thread", "vec", "str", "char", "u8", "u16", "u32", "u64", "usize", "f64", "isize",
        "status",
    ];
    ROOTS.contains(&root)
        || IMPORTED_OR_BUILT_IN.contains(&root)
        || root.starts_with(char::is_uppercase)
        || own.iter().any(|module| module == root)
}

fn violations(code: &str, own: &[String]) -> Vec<String> {
    let code: String = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let uses = code
        .lines()
        .filter_map(|line| {
            let line = line.trim_start().trim_start_matches("pub ");
            line.strip_prefix("use ")
        })
        .filter(|path| {
            let root = path
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
            let root = root.unwrap_or_default();
            !["std", "super", "self"].contains(&root) && !own.iter().any(|module| module == root)
        })
        .map(|path| format!("use {path}"));
    let paths = path_roots(&code)
        .into_iter()
        .filter(|root| !is_allowed(root, own))
        .map(str::to_owned);
    // One level up is the pool; two, from its top level, the crate.
    let outside = [
        "crate::",
        "super::super::super::",
        "extern crate",
        "extern \"",
    ]
    .into_iter()
    .filter(|text| code.contains(text))
    .map(str::to_owned);
    uses.chain(paths).chain(outside).collect()
}

#[test]
fn the_pool_names_nothing_but_the_standard_library() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/process_pool");
    let files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let mut own: Vec<String> = files
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(own.len() > 10);
    // Its own name, as an error tells a caller what to write.
    own.push("process_pool".to_owned());
    for file in &files {
        let found = violations(&fs::read_to_string(file).unwrap(), &own);
        assert_eq!(found, [""; 0], "{}", file.display());
    }
}

#[test]
fn the_rule_sees_what_it_forbids() {
    let own = ["wire".to_owned()];
    for code in [
        "use libc::c_int;",
        "pub use rayon::prelude::*;",
        "fn f() { rand::random() }",
        "use crate::stats;",
        "let x = crate::workload::run();",
        "unsafe extern \"C\" { fn kill(); }",
    ] {
        assert!(!violations(code, &own).is_empty(), "{code}");
    }
    for code in [
        "use std::io; // not serde::Serialize",
        "use super::wire::Wire;",
        "pub use wire::Wire;",
        "let x = Vec::<u8>::new();",
        "std::mem::take(&mut x)",
    ] {
        assert_eq!(violations(code, &own), [""; 0], "{code}");
    }
}

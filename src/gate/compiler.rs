//! What stands between cargo and rustc while revisions are built.

use super::error::GateError;
use super::place::Place;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Lets functions begin at multiples of 64 bytes (2⁶), a line of the cache; rustc
/// has 16. What did not change lies in those lines as before then, whatever
/// changed in front of it. Where the user's flags say how functions lie, they do:
/// LLVM takes this once.
const ALIGNED_FUNCTIONS: &str = r#"#!/bin/sh
case "$*" in
*-align-all-functions*) ;;
*) set -- "$@" -C llvm-args=-align-all-functions=6 ;;
esac
exec ${SPEEDUP_GATE_WRAPPER:+"$SPEEDUP_GATE_WRAPPER"} "$@"
"#;

/// The user's own wrapper, which the script above starts.
const USERS_WRAPPER: &str = "SPEEDUP_GATE_WRAPPER";

/// Compiles a workspace's own crates as cargo would, but for `-C metadata`:
/// other symbol names, so another order of functions, so another layout.
/// Cargo's flags stay as they are, and dependencies need not be built again.
const OTHER_METADATA: &str = "#!/bin/sh\nexec \"$@\" -C metadata=speedup_gate\n";

/// All of it that decides what comes out.
pub(super) const SCRIPTS: [&str; 2] = [ALIGNED_FUNCTIONS, OTHER_METADATA];

/// Which `-C metadata` the package's own crates get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metadata {
    /// Cargo's.
    Own,
    /// Another.
    Other,
}

/// Lets cargo, started in this folder, compile that way.
pub(super) fn set(
    command: &mut Command,
    folder: &Path,
    metadata: Metadata,
    place: &Place,
) -> Result<(), GateError> {
    let aligned = place.script("aligned_functions");
    if !is_there(&aligned, ALIGNED_FUNCTIONS) {
        // Cargo does not compile again what another wrapper had compiled.
        forget(&place.targets())?;
    }
    write(&aligned, ALIGNED_FUNCTIONS)?;
    command.env("RUSTC_WRAPPER", aligned);
    match users_wrapper(folder) {
        Some(wrapper) => command.env(USERS_WRAPPER, wrapper),
        None => command.env_remove(USERS_WRAPPER),
    };
    if metadata == Metadata::Other {
        let other = place.script("other_metadata");
        write(&other, OTHER_METADATA)?;
        command.env("RUSTC_WORKSPACE_WRAPPER", other);
    }
    Ok(())
}

/// A compiler's cache, for the most part. One with a folder is where cargo would
/// look for it.
fn users_wrapper(folder: &Path) -> Option<OsString> {
    let wrapper = ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"]
        .into_iter()
        .find_map(env::var_os)
        .filter(|wrapper| !wrapper.is_empty())?;
    let path = Path::new(&wrapper);
    if path.components().count() == 1 {
        return Some(wrapper);
    }
    Some(folder.join(path).into())
}

fn is_there(path: &Path, script: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|there| there == script)
}

fn write(path: &Path, script: &str) -> Result<(), GateError> {
    fs::write(path, script)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o755)))
        .map_err(GateError::file("write", path))
}

fn forget(folder: &Path) -> Result<(), GateError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(GateError::file("remove", folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What rustc is handed, or whatever stands in its place here.
    fn run(wrapper: Option<&str>, command: &[&str]) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let script = folder.path().join("script");
        write(&script, ALIGNED_FUNCTIONS).expect("a script");
        // The shell reads it, so that no other test's child can keep it busy.
        let mut shell = Command::new("sh");
        shell.arg(&script).args(command).env_remove(USERS_WRAPPER);
        if let Some(wrapper) = wrapper {
            shell.env(USERS_WRAPPER, wrapper);
        }
        let output = shell.output().expect("a shell");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Where functions begin, as powers of two, of a program that rustc compiles.
    fn places(flags: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("source.rs");
        fs::write(
            &source,
            "#[inline(never)]\npub fn function(x: u64) -> u64 { x ^ 1 }\n",
        )
        .expect("a file");
        let assembly = folder.path().join("assembly");
        let paths = [&source, &assembly].map(|path| path.to_str().expect("text"));
        let command = ["rustc", "--crate-type=lib", "-O", "-C", "codegen-units=1"];
        let emit = ["--emit=asm", paths[0], "-o", paths[1]];
        run(None, &[&command, flags, &emit].concat());
        let text = fs::read_to_string(&assembly).expect("assembly");
        let lines = text.lines().map(str::trim);
        lines
            .filter_map(|line| line.strip_prefix(".p2align"))
            .map(|rest| rest.split(',').next().unwrap_or_default().trim().to_owned())
            .collect()
    }

    #[test]
    fn functions_begin_at_multiples_of_64_bytes() {
        assert!(places(&[]).contains(&"6".to_owned()));
    }

    #[test]
    fn where_the_users_flags_say_how_functions_lie_they_do() {
        let places = places(&["-C", "llvm-args=-align-all-functions=5"]);
        assert!(places.contains(&"5".to_owned()), "{places:?}");
        assert!(!places.contains(&"6".to_owned()), "{places:?}");
    }

    #[test]
    fn the_users_wrapper_gets_what_rustc_would() {
        let said = run(Some("printf"), &["%s|", "an argument", "-O"]);
        assert_eq!(said, "an argument|-O|-C|llvm-args=-align-all-functions=6|");
    }
}

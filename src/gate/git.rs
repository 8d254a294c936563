//! What is asked of git.

use super::error::GateError;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Set by git for its hooks: they would make it look elsewhere.
pub(super) const MISLEADING: [&str; 5] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
];

/// The repository of the package.
#[derive(Debug, Clone)]
pub(super) struct Repository {
    root: PathBuf,
}

/// A revision, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// As it was asked for, or `working tree`.
    pub name: String,
    /// The commit; of a working tree with changes, the one below them.
    pub commit: String,
    /// Whether there are changes on top of the commit.
    pub is_dirty: bool,
    /// What is checked out: the commit, or one made of the changes.
    pub(super) checkout: String,
    /// The tree of it: equal trees are equal sources.
    pub(super) tree: String,
}

impl Revision {
    /// How messages name it.
    ///
    /// ```no_run
    /// # fn show(revision: &speedup::gate::Revision) {
    /// println!("{}", revision.label()); // v1.2 (0a1b2c3d4e), or so
    /// # }
    /// ```
    #[must_use]
    pub fn label(&self) -> String {
        let short = self.commit.get(..10).unwrap_or(&self.commit);
        let changes = if self.is_dirty { " with changes" } else { "" };
        if self.commit.starts_with(&self.name) {
            return format!("{short}{changes}");
        }
        format!("{} ({short}{changes})", self.name)
    }
}

impl Repository {
    /// The repository that holds `folder`.
    pub(super) fn of(folder: &Path) -> Result<Self, GateError> {
        let output = run(folder, ["rev-parse", "--show-toplevel"])?;
        if !output.status.success() {
            return Err(GateError::NotARepository {
                folder: folder.to_owned(),
            });
        }
        Ok(Self {
            root: PathBuf::from(text(&output.stdout)),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A revision that is named.
    pub(super) fn revision(&self, name: &str) -> Result<Revision, GateError> {
        let unknown = || GateError::NoSuchRevision {
            revision: name.to_owned(),
            is_shallow: self.is_shallow(),
        };
        // A name with a dash in front would be a flag.
        if name.is_empty() || name.starts_with('-') {
            return Err(unknown());
        }
        let parse = |what: &str| self.parse(&format!("{name}^{{{what}}}"));
        let commit = parse("commit").ok_or_else(unknown)?;
        let tree = parse("tree").ok_or_else(unknown)?;
        Ok(Revision {
            name: name.to_owned(),
            checkout: commit.clone(),
            commit,
            is_dirty: false,
            tree,
        })
    }

    /// The working tree as it is: tracked files and those that git does not
    /// ignore. `index` is a file for git to work with; the repository's own
    /// index stays as it is.
    pub(super) fn working_tree(&self, index: &Path) -> Result<Revision, GateError> {
        let head = self.revision("HEAD")?;
        let own = self.ask("find its index", &["rev-parse", "--git-path", "index"])?;
        // What git knows already need not be read again; without, it reads all.
        let _ = fs::remove_file(index);
        if copy_with_its_time(&self.root.join(own), index).is_err() {
            let _ = fs::remove_file(index);
        }
        let with_index = |doing: &str, arguments: &[&str]| {
            let mut command = self.command(arguments);
            command.env("GIT_INDEX_FILE", index);
            finish(doing, command)
        };
        with_index("read the working tree", &["add", "--all", ":/"])?;
        let tree = with_index("store the working tree", &["write-tree"])?;
        let _ = fs::remove_file(index);
        let mut revision = Revision {
            name: "working tree".to_owned(),
            ..head
        };
        if tree == revision.tree {
            return Ok(revision);
        }
        let mut command = self.command(&["commit-tree", &tree, "-p", &revision.commit]);
        command.args(["-m", "The working tree, as speedup gate found it"]);
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "speedup gate");
            command.env(format!("GIT_{role}_EMAIL"), "gate@localhost");
            // Of the same tree, always the same commit.
            command.env(format!("GIT_{role}_DATE"), "2000-01-01T00:00:00Z");
        }
        revision.checkout = finish("store the working tree", command)?;
        revision.tree = tree;
        revision.is_dirty = true;
        Ok(revision)
    }

    /// Checks a revision out into a worktree of its own.
    pub(super) fn add_worktree(&self, path: &Path, revision: &Revision) -> Result<(), GateError> {
        let doing = format!("check out {} into '{}'", revision.label(), path.display());
        let mut command = self.command(&["-c", "core.hooksPath=/dev/null"]);
        // Twice: even if a gate that was killed left it locked.
        command.args(["worktree", "add", "--detach", "--force", "--force"]);
        command.arg(path).arg(&revision.checkout);
        finish(&doing, command)?;
        if path.join(".gitmodules").is_file() {
            let mut command = command_in(path);
            command.args(["submodule", "update", "--init", "--recursive"]);
            finish(
                &format!("fetch the submodules of {}", revision.label()),
                command,
            )?;
        }
        Ok(())
    }

    /// Removes a worktree, whatever state it is in; there may be none.
    pub(super) fn remove_worktree(&self, path: &Path) -> Result<(), GateError> {
        // Each of these fails where there is nothing to do.
        for arguments in [&["unlock"][..], &["remove", "--force", "--force"]] {
            let mut command = self.command(&["worktree"]);
            let _ = command.args(arguments).arg(path).output();
        }
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(GateError::file("remove", path)(error));
            }
            _ => {}
        }
        let _ = self.command(&["worktree", "prune"]).output();
        Ok(())
    }

    fn is_shallow(&self) -> bool {
        self.ask(
            "say whether it is shallow",
            &["rev-parse", "--is-shallow-repository"],
        )
        .is_ok_and(|answer| answer == "true")
    }

    fn parse(&self, revision: &str) -> Option<String> {
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            revision,
        ];
        self.ask("resolve a revision", &arguments).ok()
    }

    fn ask(&self, doing: &str, arguments: &[&str]) -> Result<String, GateError> {
        finish(doing, self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command_in(&self.root);
        command.args(arguments);
        command
    }
}

/// A file that was changed in the second in which git has noted its time and
/// size may look unchanged: git compares such a file's content, and knows it by a
/// time that is not before the index's own. So the copy needs that time.
fn copy_with_its_time(from: &Path, to: &Path) -> io::Result<()> {
    let modified = fs::metadata(from)?.modified()?;
    fs::copy(from, to)?;
    File::options().write(true).open(to)?.set_modified(modified)
}

fn command_in(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    for variable in MISLEADING {
        command.env_remove(variable);
    }
    command.env("LC_ALL", "C");
    command
}

fn run<S: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Output, GateError> {
    let mut command = command_in(folder);
    start(command.args(arguments))
}

fn start(command: &mut Command) -> Result<Output, GateError> {
    let program = |error| GateError::Program {
        program: "git",
        error,
    };
    command.output().map_err(program)
}

fn finish(doing: &str, mut command: Command) -> Result<String, GateError> {
    let output = start(&mut command)?;
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(GateError::Git {
        doing: doing.to_owned(),
        said: text(&output.stderr),
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};
    use tempfile::tempdir;

    fn set_time(path: &Path, time: SystemTime) {
        let file = File::options().write(true).open(path).expect("a file");
        file.set_modified(time).expect("its own file has any time");
    }

    #[test]
    fn a_change_of_equal_length_in_the_second_of_the_commit_is_seen() {
        let folder = tempdir().expect("a folder");
        let git = |arguments: &[&str]| {
            let mut command = command_in(folder.path());
            command.args([
                "-c",
                "user.name=Nobody",
                "-c",
                "user.email=nobody@localhost",
            ]);
            command.args(arguments);
            finish("prepare a repository", command).expect("git");
        };
        git(&["init", "--quiet"]);
        // What else could tell, and can't be set back here.
        git(&["config", "core.trustctime", "false"]);
        git(&["config", "core.checkStat", "minimal"]);
        let file = folder.path().join("lib.rs");
        let time = SystemTime::now() - Duration::from_secs(100);
        fs::write(&file, "400").expect("a file");
        set_time(&file, time);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", "the base"]);
        set_time(&folder.path().join(".git/index"), time);
        fs::write(&file, "600").expect("a file");
        set_time(&file, time);

        let repository = Repository::of(folder.path()).expect("a repository");
        let index = folder.path().join(".git/index of the gate");
        let found = repository.working_tree(&index).expect("a working tree");
        assert!(found.is_dirty);
        assert!(!index.exists());
    }
}

//! From a request to a subject: what these words would run, here and now.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use tidegate_core::exec::{
    Directory, Flaw, Input, Interpreter, PINNED_ARGUMENTS_MAX, Pinned, PinnedArgument, Place,
    Subject, code_positions, read_instead,
};

use crate::budget::{Budget, Spent};
use crate::limits::LOOK_MAX_BYTES;
use crate::opened::{Unhashed, hash_file, open_directory, open_file};
use crate::shebang::{BadShebang, shebang};
use crate::which::which;

/// What somebody wants to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The arguments, the name of the program first. Never a shell line.
    pub argv: Vec<String>,
    /// An absolute path; `None` for the executor's own directory.
    pub cwd: Option<String>,
    /// What is to be added to the fixed environment.
    pub environment: BTreeMap<String, String>,
    /// What the program can read: see [`Stdin::input`](crate::Stdin::input).
    pub input: Input,
}

/// Why there is no subject.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// It is no proper execution.
    #[error(transparent)]
    Flawed(#[from] Flaw),
    /// No such program.
    #[error("no program {0:?} in the search path, or it may not be run")]
    NoProgram(String),
    /// The directory is relative, is none, or may not be entered.
    #[error("no directory {0:?} that can be entered; it must be an absolute path")]
    NoDirectory(String),
    /// A file cannot be read, so it cannot be hashed, so it is not run.
    #[error("cannot read {path}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The files that the command names, up to this one, have too many bytes.
    #[error("with {0} the files that the command names have more than {LOOK_MAX_BYTES} bytes")]
    TooLarge(String),
    /// To read them takes longer than [`LOOK_WITHIN`](crate::LOOK_WITHIN).
    #[error("reading the files that the command names takes too long; it came to {0}")]
    TooSlow(String),
    /// The first line names no interpreter that can be found.
    #[error("the first line of {0} names no interpreter that can be run")]
    NoInterpreter(String),
    /// A script that is read by a script.
    #[error("the interpreter of {0} is a script itself")]
    NestedScript(String),
    /// A path that is not UTF-8, which nobody could be shown.
    #[error("a path that is not text")]
    NotText,
    /// Nobody waits for it any more, or something went wrong inside.
    #[error("looking at the command was interrupted")]
    Interrupted,
    /// More files in the arguments than a person would look at.
    #[error("more than {PINNED_ARGUMENTS_MAX} arguments name programs")]
    TooManyPrograms,
}

/// Looks. Blocks on the file system, for as long as the budget allows.
pub(crate) fn look(
    request: Request,
    home: &Path,
    place: Place,
    budget: &mut Budget,
) -> Result<Subject, LookError> {
    let cwd = look_at_directory(request.cwd.as_deref(), home)?;
    let name = request.argv.first().ok_or(Flaw::Empty)?;
    let path =
        which(name, Path::new(&cwd.path)).ok_or_else(|| LookError::NoProgram(name.clone()))?;
    let (executable, head) = pin(&path, budget)?;
    let interpreter = look_at_interpreter(&executable.path, &head, budget)?;
    let arguments = look_at_arguments(&request.argv, Path::new(&cwd.path), budget)?;
    let subject = Subject {
        argv: request.argv,
        executable,
        interpreter,
        arguments,
        cwd,
        environment: request.environment,
        input: request.input,
        place,
        user: rustix::process::geteuid().as_raw(),
    };
    subject.check()?;
    Ok(subject)
}

fn look_at_directory(wanted: Option<&str>, home: &Path) -> Result<Directory, LookError> {
    let wanted = wanted.map_or_else(|| home.to_owned(), PathBuf::from);
    let refused = || LookError::NoDirectory(wanted.to_string_lossy().into_owned());
    if !wanted.is_absolute() {
        return Err(refused());
    }
    let path = wanted.canonicalize().map_err(|_| refused())?;
    let (_, device, inode) = open_directory(&path).map_err(|_| refused())?;
    Ok(Directory {
        path: text(&path)?,
        device,
        inode,
    })
}

fn look_at_interpreter(
    script: &str,
    head: &[u8],
    budget: &mut Budget,
) -> Result<Option<Interpreter>, LookError> {
    let missing = || LookError::NoInterpreter(script.to_owned());
    let Some(line) = shebang(head).map_err(|BadShebang| missing())? else {
        return Ok(None);
    };
    let path = which(&line.interpreter, Path::new("/")).ok_or_else(missing)?;
    let (file, head) = pin(&path, budget)?;
    if shebang(&head) != Ok(None) {
        return Err(LookError::NestedScript(script.to_owned()));
    }
    Ok(Some(Interpreter {
        file,
        name: line.interpreter,
        argument: line.argument,
    }))
}

/// Pins every argument that names code.
fn look_at_arguments(
    argv: &[String],
    cwd: &Path,
    budget: &mut Budget,
) -> Result<Vec<PinnedArgument>, LookError> {
    let naming = naming_code(argv, cwd);
    if naming.len() > PINNED_ARGUMENTS_MAX {
        return Err(LookError::TooManyPrograms);
    }
    let read = code_positions(argv)
        .into_iter()
        .find(|index| naming.contains(index));
    let mut pins = Vec::new();
    for index in naming {
        let Some(argument) = argv.get(index) else {
            continue;
        };
        let unreadable = |source| LookError::Unreadable {
            path: argument.clone(),
            source,
        };
        let (file, _) = pin(
            &cwd.join(argument).canonicalize().map_err(unreadable)?,
            budget,
        )?;
        let code = Some(index) == read && read_instead(argv, index, "").is_some();
        pins.push(PinnedArgument { index, file, code });
    }
    Ok(pins)
}

/// Which arguments name code, here and now: a program by its path, or a file that an interpreter
/// may read. Where several may be read (`deno run x.ts` with a file `run`), each counts.
pub(crate) fn naming_code(argv: &[String], cwd: &Path) -> Vec<usize> {
    let read = code_positions(argv);
    let names_code = |(index, argument): &(usize, &String)| {
        let program = argument.contains('/') && which(argument, cwd).is_some();
        program || (read.contains(index) && cwd.join(argument).is_file())
    };
    let naming = argv.iter().enumerate().skip(1).filter(names_code);
    naming.map(|(index, _)| index).collect()
}

fn pin(path: &Path, budget: &mut Budget) -> Result<(Pinned, Vec<u8>), LookError> {
    let name = text(path)?;
    let unreadable = |source| LookError::Unreadable {
        path: name.clone(),
        source,
    };
    let file: File = open_file(path).map_err(unreadable)?;
    let (sha256, head) = hash_file(&file, budget).map_err(|why| why.of(&name))?;
    Ok((Pinned { path: name, sha256 }, head))
}

fn text(path: &Path) -> Result<String, LookError> {
    path.to_str().map(str::to_owned).ok_or(LookError::NotText)
}

impl Unhashed {
    fn of(self, path: &str) -> LookError {
        let path = path.to_owned();
        match self {
            Self::Unread(source) => LookError::Unreadable { path, source },
            Self::Spent(Spent::Bytes) => LookError::TooLarge(path),
            Self::Spent(Spent::Time) => LookError::TooSlow(path),
            Self::Spent(Spent::Stopped) => LookError::Interrupted,
        }
    }
}

use std::os::unix::fs::{MetadataExt, symlink};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{RenameFlags, renameat_with};

use super::*;

const INSIDE_WORDS: &str = "from inside";
const CANARY: &str = "the canary of another folder";

struct Home {
    dir: tempfile::TempDir,
    jail: Jail,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("outside")).unwrap();
        std::fs::write(dir.path().join("outside/file.html"), CANARY).unwrap();
        let jail = Jail::make(&dir.path().join("inside")).unwrap();
        Self { dir, jail }
    }

    fn inside(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("inside").join(name)
    }

    fn read(&self, path: &str) -> Result<String, String> {
        let bytes = self.jail.read_whole(&self::path(path));
        bytes
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .map_err(|error| error.to_string())
    }
}

fn path(text: &str) -> CanvasPath {
    CanvasPath::parse(text).unwrap()
}

/// T42: also where the user's umask forbids nothing.
#[test]
fn what_is_written_is_read_and_belongs_to_the_owner_alone() {
    // Of this process; tests that run beside it make their folders with their own modes.
    let before = rustix::process::umask(Mode::empty());
    let home = Home::new();
    home.jail
        .write(&path("a/b/page.html"), b"one", ".half")
        .unwrap();
    home.jail
        .write(&path("a/b/page.html"), b"two", ".half")
        .unwrap();
    assert_eq!(home.read("a/b/page.html").unwrap(), "two");
    rustix::process::umask(before);
    let mode = |name: &str| std::fs::metadata(home.inside(name)).unwrap().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("a"), 0o700);
    assert_eq!(mode("a/b/page.html"), 0o600);
    let names: Vec<_> = std::fs::read_dir(home.inside("a/b")).unwrap().collect();
    assert_eq!(names.len(), 1, "no half is left");
    assert!(home.jail.has(&path("a/b/page.html")) && home.jail.has_folder(&path("a/b")));
    home.jail.delete(&path("a/b/page.html")).unwrap();
    assert!(!home.jail.has(&path("a/b/page.html")));
    assert!(matches!(
        home.jail.delete(&path("a/b/page.html")),
        Err(CanvasError::Missing(_))
    ));
    assert!(matches!(
        home.jail.delete(&path("a/b")),
        Err(CanvasError::NotAFile(_))
    ));
}

/// T39: symbolic, hard and magic links.
#[test]
fn no_link_leads_out() {
    let home = Home::new();
    let outside = home.dir.path().join("outside");
    symlink(&outside, home.inside("folder")).unwrap();
    symlink(outside.join("file.html"), home.inside("file.html")).unwrap();
    symlink("file2.html", home.inside("own.html")).unwrap();
    std::fs::write(home.inside("file2.html"), INSIDE_WORDS).unwrap();
    symlink("/proc/self/root", home.inside("magic")).unwrap();
    std::fs::hard_link(outside.join("file.html"), home.inside("hard.html")).unwrap();
    for name in [
        "folder/file.html",
        "file.html",
        "own.html",
        "magic/etc/passwd",
        "hard.html",
    ] {
        assert!(home.read(name).is_err(), "{name}");
    }
    for name in ["folder/new.html", "magic/tmp/new.html"] {
        assert!(
            home.jail.write(&path(name), b"x", ".half").is_err(),
            "{name}"
        );
    }
    // A link in the place of a file is not written through, nor is it taken away.
    let refused = home.jail.write(&path("file.html"), b"x", ".half");
    assert!(matches!(refused, Err(CanvasError::NotAFile(_))));
    assert!(home.jail.delete(&path("folder/file.html")).is_err());
    assert_eq!(
        std::fs::read_to_string(outside.join("file.html")).unwrap(),
        CANARY
    );
    assert_eq!(std::fs::read_dir(outside).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_a_link_is_no_jail() {
    let home = Home::new();
    let link = home.dir.path().join("link");
    symlink(home.dir.path().join("outside"), &link).unwrap();
    assert!(Jail::open(&link).is_err());
    assert!(Jail::make(&link).is_err());
}

/// T38: words that mean a file elsewhere mean no file here.
#[test]
fn no_word_for_a_file_of_the_machine_reads_one() {
    let home = Home::new();
    let secret = home.dir.path().join("outside/file.html");
    let absolute = secret.to_str().unwrap().to_owned();
    for word in [
        absolute.clone(),
        format!("file://{absolute}"),
        format!("file:{absolute}"),
        format!("MEDIA:{absolute}"),
        format!("@{absolute}"),
        format!("file://localhost{absolute}"),
        "/proc/self/environ".to_owned(),
        "/dev/zero".to_owned(),
        "\\\\host\\share".to_owned(),
        "~/.ssh/id_ed25519".to_owned(),
    ] {
        match CanvasPath::parse(&word) {
            Ok(path) => assert!(home.jail.read_whole(&path).is_err(), "{word}"),
            Err(_) => assert!(
                word.contains("//") || word.contains('\\') || word.contains("/."),
                "{word}"
            ),
        }
    }
}

#[test]
fn only_regular_files_of_a_bounded_size_are_read() {
    let home = Home::new();
    let pipe = home.inside("pipe");
    rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(home.inside("socket")).unwrap();
    std::fs::create_dir(home.inside("folder")).unwrap();
    for name in ["pipe", "socket", "folder"] {
        assert!(home.read(name).is_err(), "{name}");
    }
    drop(socket);
    let large = std::fs::File::create(home.inside("large.bin")).unwrap();
    large.set_len(FILE_BYTES).unwrap();
    assert!(home.jail.read(&path("large.bin")).is_ok());
    large.set_len(FILE_BYTES + 1).unwrap();
    assert!(matches!(
        home.jail.read(&path("large.bin")),
        Err(CanvasError::TooMuch(_))
    ));
}

#[test]
fn a_list_names_what_can_be_served_and_nothing_else() {
    let home = Home::new();
    for name in [
        "b.html",
        "a/c.css",
        ".hidden",
        "node_modules/x.js",
        "a/.git/config",
    ] {
        let file = home.inside(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "1234").unwrap();
    }
    symlink("b.html", home.inside("link.html")).unwrap();
    symlink(home.dir.path(), home.inside("loop")).unwrap();
    let listing = home.jail.list().unwrap();
    let files: Vec<_> = listing
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.bytes))
        .collect();
    assert_eq!(files, [("a/c.css", 4), ("b.html", 4)]);
    let folders: Vec<_> = listing.folders.iter().map(CanvasPath::as_str).collect();
    assert_eq!(folders, ["a"]);
    let stamp = |home: &Home| home.jail.list().unwrap().stamp();
    let before = stamp(&home);
    assert_eq!(stamp(&home), before);
    std::fs::write(home.inside(".hidden"), "other").unwrap();
    assert_eq!(stamp(&home), before, "what is not served is no change");
    home.jail.write(&path("b.html"), b"4321", ".half").unwrap();
    assert_ne!(stamp(&home), before);
}

/// Swaps two names as fast as it can until it is dropped (SECURITY T39).
struct Racer<'r> {
    stop: &'r AtomicBool,
}

impl Drop for Racer<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// Lets somebody swap `name` and `other` in the jail while `work` is done. Gives how often they
/// were swapped.
fn while_swapped(home: &Home, name: &str, other: &str, work: impl FnOnce()) -> u64 {
    let stop = AtomicBool::new(false);
    let folder = std::fs::File::open(home.inside("")).unwrap();
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            let mut swaps = 0;
            while !stop.load(Ordering::Acquire) {
                renameat_with(&folder, name, &folder, other, RenameFlags::EXCHANGE).unwrap();
                swaps += 1;
            }
            swaps
        });
        let racer = Racer { stop: &stop };
        work();
        drop(racer);
        swapping.join().unwrap()
    })
}

const READS: usize = 100_000;
const WRITES: usize = 2_000;

/// T39: a hundred thousand reads while somebody swaps names.
#[test]
fn whoever_swaps_folder_and_link_reads_nothing_from_outside() {
    let home = Home::new();
    home.jail
        .write(&path("folder/file.html"), INSIDE_WORDS.as_bytes(), ".half")
        .unwrap();
    symlink(home.dir.path().join("outside"), home.inside("link")).unwrap();
    let file = path("folder/file.html");
    let (mut read, mut refused) = (0, 0);
    let swaps = while_swapped(&home, "folder", "link", || {
        for _ in 0..READS {
            match home.jail.read_whole(&file) {
                Ok(bytes) => {
                    assert_eq!(bytes, INSIDE_WORDS.as_bytes());
                    read += 1;
                }
                Err(CanvasError::Missing(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
    });
    assert!(
        swaps > 0 && read > 0 && refused > 0,
        "{swaps} {read} {refused}"
    );
}

/// T39: writes while somebody swaps names.
#[test]
fn whoever_swaps_folder_and_link_gets_nothing_written_outside() {
    let home = Home::new();
    home.jail
        .write(&path("folder/file.html"), b"0", ".half")
        .unwrap();
    symlink(home.dir.path().join("outside"), home.inside("link")).unwrap();
    let file = path("folder/file.html");
    let mut written = 0;
    let swaps = while_swapped(&home, "folder", "link", || {
        for n in 0..WRITES {
            written += usize::from(
                home.jail
                    .write(&file, n.to_string().as_bytes(), ".half")
                    .is_ok(),
            );
            let _ = home.jail.delete(&path("folder/none.html"));
        }
    });
    assert!(swaps > 0 && written > 0);
    let outside = home.dir.path().join("outside");
    assert_eq!(
        std::fs::read_to_string(outside.join("file.html")).unwrap(),
        CANARY
    );
    assert_eq!(std::fs::read_dir(outside).unwrap().count(), 1);
}

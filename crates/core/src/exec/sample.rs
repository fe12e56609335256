//! Subjects for the tests of this room.

use std::collections::BTreeMap;

use super::{ContentHash, Directory, Input, Pinned, Place, Subject};

/// What a machine would make of a plain line.
pub(super) fn subject(line: &str) -> Subject {
    let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let path = format!("/usr/bin/{}", argv.first().unwrap());
    Subject {
        argv,
        executable: Pinned {
            path,
            sha256: ContentHash::from_bytes([7; 32]),
        },
        interpreter: None,
        arguments: Vec::new(),
        cwd: Directory {
            path: "/tmp".into(),
            device: 1,
            inode: 2,
        },
        environment: BTreeMap::new(),
        input: Input::None,
        place: Place::Gateway,
        user: 1000,
    }
}

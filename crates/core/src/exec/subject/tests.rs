use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;
use crate::exec::hash::ContentHash;

fn hashes() -> impl Strategy<Value = ContentHash> {
    any::<u8>().prop_map(|byte| ContentHash::from_bytes([byte; 32]))
}

fn pinned() -> impl Strategy<Value = Pinned> {
    ("[a-c/]{0,3}", hashes()).prop_map(|(path, sha256)| Pinned { path, sha256 })
}

fn interpreters() -> impl Strategy<Value = Option<Interpreter>> {
    proptest::option::of(
        (pinned(), "[ab]{0,2}", proptest::option::of("[ab]{0,2}")).prop_map(
            |(file, name, argument)| Interpreter {
                file,
                name,
                argument,
            },
        ),
    )
}

fn arguments() -> impl Strategy<Value = Vec<PinnedArgument>> {
    vec((0..3_usize, pinned(), any::<bool>()), 0..3).prop_map(|pins| {
        pins.into_iter()
            .map(|(index, file, code)| PinnedArgument { index, file, code })
            .collect()
    })
}

fn inputs() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::None),
        hashes().prop_map(Input::Bytes),
        Just(Input::Open)
    ]
}

fn places() -> impl Strategy<Value = Place> {
    prop_oneof![Just(Place::Gateway), "[ab]{0,2}".prop_map(Place::Node)]
}

/// Any value of every field, from alphabets so small that neighbours are met.
fn subjects() -> impl Strategy<Value = Subject> {
    let files = (
        vec("[ab]{0,3}", 0..4),
        pinned(),
        interpreters(),
        arguments(),
    );
    let cwd = ("[ab/]{0,2}", 0..2_u64, 0..2_u64).prop_map(|(path, device, inode)| Directory {
        path,
        device,
        inode,
    });
    let around = (
        cwd,
        btree_map("[AB]{0,2}", "[ab]{0,2}", 0..3),
        inputs(),
        places(),
        0..2_u32,
    );
    (files, around).prop_map(
        |((argv, executable, interpreter, arguments), (cwd, environment, input, place, user))| {
            Subject {
                argv,
                executable,
                interpreter,
                arguments,
                cwd,
                environment,
                input,
                place,
                user,
            }
        },
    )
}

/// The subject with one thing changed, each in its own way.
fn neighbours(subject: &Subject) -> Vec<Subject> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Subject)| {
        let mut other = subject.clone();
        change(&mut other);
        all.push(other);
    };
    with(&|s| s.argv.push(String::new()));
    with(&|s| {
        if let Some(first) = s.argv.first_mut() {
            first.push('x');
        } else {
            s.argv.push("x".into());
        }
    });
    with(&|s| {
        if let [.., before, last] = s.argv.as_mut_slice() {
            // The same letters, cut elsewhere.
            before.push_str(&std::mem::take(last));
            last.push('\u{1}');
        } else {
            s.argv.push("y".into());
        }
    });
    with(&|s| s.executable.path.push('x'));
    with(&|s| s.executable.sha256 = flip(s.executable.sha256));
    with(&|s| {
        s.interpreter = match s.interpreter.take() {
            None => Some(Interpreter {
                file: s.executable.clone(),
                name: String::new(),
                argument: None,
            }),
            Some(_) => None,
        };
    });
    with(&|s| {
        s.arguments.push(PinnedArgument {
            index: 9,
            file: s.executable.clone(),
            code: true,
        });
    });
    with(&|s| s.cwd.path.push('x'));
    with(&|s| s.cwd.device += 1);
    with(&|s| s.cwd.inode += 1);
    with(&|s| {
        s.environment.insert("X".into(), String::new());
    });
    with(&|s| {
        s.input = match s.input {
            Input::None => Input::Open,
            Input::Bytes(hash) => Input::Bytes(flip(hash)),
            Input::Open => Input::None,
        };
    });
    with(&|s| {
        s.place = match &s.place {
            Place::Gateway => Place::Node(String::new()),
            Place::Node(id) => Place::Node(format!("{id}x")),
        };
    });
    with(&|s| s.user += 1);
    all
}

fn flip(hash: ContentHash) -> ContentHash {
    ContentHash::from_bytes(hash.as_bytes().map(|byte| byte ^ 0x80))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn different_subjects_have_different_bytes(a in subjects(), b in subjects()) {
        prop_assert_eq!(a == b, a.canonical_bytes() == b.canonical_bytes());
        prop_assert_eq!(a == b, a.hash() == b.hash());
    }

    #[test]
    fn one_changed_thing_changes_the_hash(subject in subjects()) {
        for other in neighbours(&subject) {
            prop_assert_ne!(subject.hash(), other.hash(), "{:?}\n{:?}", subject, other);
        }
    }

    #[test]
    fn it_survives_being_stored(subject in subjects()) {
        let json = serde_json::to_string(&subject).unwrap();
        let read: Subject = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read.hash(), subject.hash());
        prop_assert_eq!(read, subject);
    }
}

fn plain() -> Subject {
    let sha256 = ContentHash::from_bytes([7; 32]);
    Subject {
        argv: vec!["ls".into(), "-l".into()],
        executable: Pinned {
            path: "/usr/bin/ls".into(),
            sha256,
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

#[test]
fn the_hash_never_changes_between_versions() {
    // Stored approvals are compared with it; another value here means another DOMAIN.
    assert_eq!(
        plain().hash().to_string(),
        "7ec9ff474ab60b11c8e6b8284994700b702c41bbcd91e3cd951a7fb28cf4497b"
    );
}

#[test]
fn flaws() {
    let argv = |argv: Vec<String>| Subject { argv, ..plain() }.check();
    assert_eq!(plain().check(), Ok(()));
    assert_eq!(argv(Vec::new()), Err(Flaw::Empty));
    assert_eq!(argv(vec![String::new()]), Err(Flaw::Empty));
    assert_eq!(argv(vec!["a".into(); ARGUMENTS_MAX]), Ok(()));
    assert_eq!(
        argv(vec!["a".into(); ARGUMENTS_MAX + 1]),
        Err(Flaw::TooManyArguments(ARGUMENTS_MAX + 1))
    );
    assert_eq!(
        argv(vec!["a".into(), "b\0c".into()]),
        Err(Flaw::ZeroByte(1))
    );
    assert_eq!(
        argv(vec!["a".into(), "x".repeat(ARGUMENT_MAX_BYTES)]),
        Ok(())
    );
    assert!(matches!(
        argv(vec!["x".repeat(ARGUMENT_MAX_BYTES + 1)]),
        Err(Flaw::TooLong(_))
    ));
    assert!(matches!(
        argv(vec!["x".repeat(100_000); 11]),
        Err(Flaw::TooLong(_))
    ));
}

#[test]
fn pins_name_arguments_that_are_there() {
    let pin = |index| PinnedArgument {
        index,
        file: plain().executable,
        code: true,
    };
    let pinned = |pins: Vec<PinnedArgument>| {
        Subject {
            arguments: pins,
            ..plain()
        }
        .check()
    };
    assert_eq!(pinned(vec![pin(1)]), Ok(()));
    for bad in [vec![pin(0)], vec![pin(2)], vec![pin(1), pin(1)]] {
        assert_eq!(pinned(bad), Err(Flaw::Pins));
    }
}

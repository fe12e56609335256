//! Where the agents' folders are, and which places are refused.

use std::fs;
use std::os::unix::fs::symlink;

use super::super::paths::last_good_path;
use super::super::*;
use super::home::{Home, daemon};

impl Home {
    fn workspaces(&self, agents: &str) -> Result<Vec<(String, String)>, String> {
        self.write(&format!("{{\n agents: {agents}\n}}"));
        let loaded = self
            .load(&[], &daemon())
            .map_err(|error| error.to_string())?;
        let home = self.dir.path().to_str().unwrap();
        let rows = loaded.workspaces.iter().map(|placed| {
            let dir = placed.dir.to_str().unwrap();
            (placed.agent.clone(), dir.replace(home, "~"))
        });
        Ok(rows.collect())
    }
}

fn rows(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = expected
        .iter()
        .map(|(agent, dir)| ((*agent).into(), (*dir).into()));
    own.collect()
}

#[test]
fn each_agent_has_a_folder_of_its_own() {
    let home = Home::new();
    let only = &[("main", "~/.tidegate/workspaces/main")];
    assert_eq!(home.workspaces("{}").unwrap(), rows(only));
    let named = "{ defaults: { workspace: '~/clawd' } }";
    assert_eq!(
        home.workspaces(named).unwrap(),
        rows(&[("main", "~/clawd")])
    );
    // What holds for all is the default agent's, and no other one's by accident.
    let two = "{ defaults: { workspace: '~/clawd' }, list: [{ id: 'ana' }, { id: 'bob', default: true }, { id: 'eve', workspace: '/srv/eve' }] }";
    assert_eq!(
        home.workspaces(two).unwrap(),
        rows(&[
            ("ana", "~/.tidegate/workspaces/ana"),
            ("bob", "~/clawd"),
            ("eve", "/srv/eve"),
        ])
    );
}

#[test]
fn a_folder_is_shared_only_if_both_say_so() {
    let home = Home::new();
    let both =
        "{ list: [{ id: 'ana', workspace: '~/clawd' }, { id: 'bob', workspace: '~/clawd' }] }";
    assert_eq!(
        home.workspaces(both).unwrap(),
        rows(&[("ana", "~/clawd"), ("bob", "~/clawd")])
    );
    fs::create_dir(home.dir.path().join("clawd")).unwrap();
    symlink("clawd", home.dir.path().join("link")).unwrap();
    let one = "{ defaults: { workspace: '~/clawd' }, list: [{ id: 'ana' }, { id: 'bob', workspace: '~/link' }] }";
    let said = home.workspaces(one).unwrap_err();
    let expected =
        "2:83: agents.list.1.workspace: is the folder of agent \"ana\" too: name another";
    assert!(said.contains(expected), "{said}");
    let taken = "{ list: [{ id: 'ana', workspace: '~/.tidegate/workspaces/bob' }, { id: 'bob' }] }";
    let said = home.workspaces(taken).unwrap_err();
    assert!(said.contains("agents.list.0.workspace: is the folder of agent \"bob\" too"));
    let taken = "{ defaults: { workspace: '~/.tidegate/workspaces/bob' }, list: [{ id: 'ana' }, { id: 'bob' }] }";
    let said = home.workspaces(taken).unwrap_err();
    assert!(said.contains("agents.defaults.workspace: is the folder of agent \"bob\" too"));
}

#[test]
fn places_that_are_no_workspace() {
    let home = Home::new();
    symlink(home.state(), home.dir.path().join("link")).unwrap();
    let state = "the state directory";
    let inside = "is among the gateway's own files: name a folder of its own, such as ~/clawd";
    let cases = [
        ("clawd", "must be an absolute path, or start with ~/"),
        ("./clawd", "must be an absolute path"),
        ("~other/clawd", "must be an absolute path"),
        ("~/a/../.tidegate/secrets", "must not have .. in it"),
        ("~/.tidegate", state),
        ("~/.tidegate/", state),
        ("~/", state),
        ("/", state),
        ("~/link", state),
        ("~/.tidegate/secrets", inside),
        ("~/.tidegate/secrets/x", inside),
        ("~/.tidegate/workspaces", inside),
        ("~/link/logs", inside),
        ("", "too short"),
    ];
    for (path, expected) in cases {
        let defaults = format!("{{ defaults: {{ workspace: '{path}' }} }}");
        let said = home.workspaces(&defaults).unwrap_err();
        let key = ": agents.defaults.workspace: ";
        assert!(
            said.contains(key) && said.contains(expected),
            "{path}: {said}"
        );
        let own = format!("{{ list: [{{ id: 'ana', workspace: '{path}' }}] }}");
        let said = home.workspaces(&own).unwrap_err();
        let key = "agents.list.0.workspace: ";
        assert!(
            said.contains(key) && said.contains(expected),
            "{path}: {said}"
        );
    }
    let below = "{ defaults: { workspace: '~/.tidegate/workspaces/other' } }";
    assert_eq!(
        home.workspaces(below).unwrap(),
        rows(&[("main", "~/.tidegate/workspaces/other")])
    );
}

/// D18: what was good before holds, and what is wrong is said.
#[test]
fn a_bad_place_is_a_bad_file() {
    let home = Home::new();
    fs::write(last_good_path(&home.state()), "{ gateway: { port: 7 } }").unwrap();
    home.write("{ agents: { defaults: { workspace: '/' } } }");
    let loaded = home.load(&[], &daemon()).unwrap();
    assert_eq!(loaded.config.gateway.port, 7);
    let FileState::LastKnownGood { problem } = &loaded.source else {
        panic!("{:?}", loaded.source);
    };
    assert!(problem.contains("agents.defaults.workspace"), "{problem}");
    let view = ConfigView::new(&loaded).get();
    assert!(!view.valid, "{:?}", view.issues);
}

//! Files that come with messages: fetched for whoever is heard, named to the agent by what they
//! are, and forgotten after a week.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use tidegate_core::channel::{Act, InboundMedia};
use tidegate_core::run::{FailureKind, RunStatus};
use tidegate_core::store::InboxState;
use tokio::time::Instant;

use crate::inbound_line::{BROKEN, Line, SLOW};
use crate::inbound_world::{House, Setup, asked, dm, file, with};
use crate::network::{FakeNetwork, plain};
use crate::world::NOW_MS;

struct Files {
    house: House,
    network: Arc<FakeNetwork>,
    line: Arc<Line>,
    dir: TempDir,
}

async fn open() -> Files {
    let network = FakeNetwork::new("fake", plain());
    let line = Line::new(Arc::clone(&network), []);
    let dir = tempfile::tempdir().unwrap();
    let mut setup = Setup::on(&line);
    setup.files = dir.path().join("media");
    let house = setup.start().await;
    Files {
        house,
        network,
        line,
        dir,
    }
}

impl Files {
    async fn send(&self, event: &str, text: &str, media: Vec<InboundMedia>) {
        let event = with(dm(event, "anna", text), |message| message.media = media);
        self.network.arrive(vec![event], None).await.unwrap();
    }

    /// The lines of the next turn's only message, when it began.
    async fn lines(&mut self) -> Vec<String> {
        let (call, _) = self.house.answer("ok").await;
        let text = asked(&call).remove(0);
        text.lines().map(str::to_owned).collect()
    }

    fn stored(&self) -> Vec<String> {
        names(&self.dir.path().join("media"))
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).map(|entries| {
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    });
    entries.unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_file_is_named_by_what_it_is() {
    let mut files = open().await;
    files.network.offer("f", b"\x89PNG\r\n\x1a\n0000".to_vec());
    let media = file("f", "../../evil].html");
    files.send("1", "look at this", vec![media]).await;
    let (call, _) = files.house.answer("ok").await;
    let said = &call.turn.history.last().unwrap().body;
    assert_eq!(
        said.text(),
        "look at this\n\n[document “../../evil).html”: image/png, 12 bytes]"
    );
    let file = said.files().next().unwrap();
    assert_eq!((file.mime.as_str(), file.bytes), ("image/png", 12));
    let path = &file.path;
    assert_eq!(path.parent(), Some(&*files.dir.path().join("media")));
    assert_eq!(path.extension().unwrap(), "png", "as it is, not as it says");
    assert_eq!(std::fs::read(path).unwrap().len(), 12);
    assert!(!path.to_string_lossy().contains("evil"));
    assert_eq!(files.stored().len(), 1);
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = path.parent().unwrap().metadata().unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o700);
    }
    assert_eq!(files.house.state("1").await, InboxState::Answered);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_for_strangers_or_before_the_turn() {
    let mut files = open().await;
    files.network.offer("f", "hello");
    let media = || vec![file("f", "f.txt")];
    let stranger = with(dm("0", "zoe", "look"), |message| message.media = media());
    files.network.arrive(vec![stranger], None).await.unwrap();
    assert!(files.house.begun().await.is_empty());
    assert_eq!((files.line.fetched(), files.stored().len()), (0, 0));
    files.send("1", "", media()).await;
    assert_eq!(files.line.fetched(), 0, "it is taken first");
    let lines = files.lines().await;
    assert_eq!(lines.len(), 1, "no words, one file");
    assert!(lines[0].contains("text/plain, 5 bytes"), "{}", lines[0]);
    assert_eq!(files.line.fetched(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_had_is_named() {
    let mut files = open().await;
    files.network.offer("large", vec![0; (10 << 20) + 1]);
    let media = vec![
        file("large", "large.bin"),
        file(BROKEN, "broken.txt"),
        file(SLOW, "slow.txt"),
        file("gone", "gone.txt"),
    ];
    let began = Instant::now();
    files.send("1", "", media).await;
    let lines = files.lines().await;
    assert_eq!(
        lines,
        [
            "[document “large.bin”: not fetched: the file is too large]",
            "[document “broken.txt”: not fetched: the network did not give it]",
            "[document “slow.txt”: not fetched: it took too long]",
            "[document “gone.txt”: not fetched: no such file]",
        ]
    );
    assert!(began.elapsed() < Duration::from_secs(115));
    assert_eq!(files.stored().len(), 0, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn slow_files_of_many_messages_take_no_longer_than_one() {
    let mut files = open().await;
    let began = Instant::now();
    for event in ["1", "2", "3"] {
        files.send(event, event, vec![file(SLOW, "slow.txt")]).await;
    }
    let (call, _) = files.house.answer("ok").await;
    assert_eq!(asked(&call).len(), 3);
    assert!(began.elapsed() < Duration::from_secs(115));
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_files() {
    let files = open().await;
    files.send("1", "", vec![file(SLOW, "slow.txt")]).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(files.line.fetched(), 1);
    let began = Instant::now();
    let stop = dm("2", "anna", "/stop");
    files.network.arrive(vec![stop], None).await.unwrap();
    let run = files.house.row("1").await.unwrap().run_id.unwrap();
    let run = files.house.ended(&run).await;
    assert_eq!(run.end.as_ref().unwrap().status, RunStatus::Aborted);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn people_see_that_files_are_fetched() {
    let files = open().await;
    files.send("1", "", vec![file(SLOW, "slow.txt")]).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let acted = files.network.acted();
    assert!(acted.iter().any(|acted| acted.act == Act::Typing));
}

#[tokio::test(start_paused = true)]
async fn the_sign_lasts_after_the_slowest_file() {
    let mut files = open().await;
    files.send("1", "", vec![file(SLOW, "slow.txt")]).await;
    let _call = files.house.call().await;
    let before = files.network.acted().len();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let acted = files.network.acted().split_off(before);
    assert!(acted.iter().any(|acted| acted.act == Act::Typing));
}

#[tokio::test(start_paused = true)]
async fn files_are_within_the_time_of_their_run() {
    let network = FakeNetwork::new("fake", plain());
    let line = Line::new(Arc::clone(&network), []);
    let dir = tempfile::tempdir().unwrap();
    let mut setup = Setup::on(&line);
    setup.files = dir.path().join("media");
    setup.limits.timeout = Duration::from_secs(30);
    let house = setup.start().await;
    let event = with(dm("1", "anna", "look"), |message| {
        message.media = vec![file(SLOW, "slow.txt")];
    });
    let began = Instant::now();
    network.arrive(vec![event], None).await.unwrap();
    let run = house.row("1").await.unwrap().run_id.unwrap();
    let run = house.ended(&run).await;
    let end = run.end.as_ref().unwrap();
    assert_eq!(end.failure, Some(FailureKind::Timeout));
    assert!(began.elapsed() < Duration::from_secs(35));
    let said = house.said_in("main").await.remove(0);
    assert!(said.contains("it took too long"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn more_than_ten_files_are_counted() {
    let mut files = open().await;
    let media = (0..13).map(|number| file(&format!("{number}"), "f"));
    files.send("1", "", media.collect()).await;
    let lines = files.lines().await;
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[10], "[and 3 more files, not fetched]");
    assert_eq!(files.line.fetched(), 10);
}

#[tokio::test(start_paused = true)]
async fn files_are_kept_a_week() {
    let files = open().await;
    let dir = files.dir.path().join("media");
    std::fs::create_dir(&dir).unwrap();
    let day = Duration::from_hours(24);
    for (name, days) in [("old", 8), ("young", 6)] {
        let file = std::fs::File::create(dir.join(name)).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(NOW_MS);
        file.set_modified(now - day * days).unwrap();
    }
    let half = std::fs::File::create(dir.join("1.part")).unwrap();
    half.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(NOW_MS))
        .unwrap();
    tokio::time::sleep(Duration::from_mins(59)).await;
    assert_eq!(files.stored().len(), 3);
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert_eq!(files.stored(), ["young"]);
}

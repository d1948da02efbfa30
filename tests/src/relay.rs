//! The real relay as a process: on a port and in a folder of its own, killed and started again as a story wants.

use std::{
    env, fmt, fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long a relay may take to print its address, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A `cutline serve` process. Ends when this is dropped, with its folder.
pub struct RunningRelay {
    process: Option<Child>,
    port: u16,
    data: TempDir,
    options: Vec<String>,
    printed: Arc<Mutex<Vec<String>>>,
}

impl fmt::Debug for RunningRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningRelay")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Default for RunningRelay {
    fn default() -> Self {
        Self::start()
    }
}

impl RunningRelay {
    /// Starts a relay on a free port, with an empty folder.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a relay with more options than usual.
    #[must_use]
    pub fn start_with(options: &[&str]) -> Self {
        let mut relay = Self {
            process: None,
            port: 0,
            data: tempfile::tempdir().expect("a folder for the relay"),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            printed: Arc::default(),
        };
        relay.resume();
        relay
    }

    /// Starts the relay again on its port and folder after it ended.
    pub fn resume(&mut self) {
        assert!(self.process.is_none(), "the relay runs");
        let mut process = Command::new(binary())
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--data")
            .arg(self.data.path())
            .args(self.app())
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the relay starts");
        let (sender, addresses) = mpsc::channel();
        let output = process.stdout.take().expect("stdout is piped");
        let errors = process.stderr.take().expect("stderr is piped");
        self.read(output, sender.clone());
        self.read(errors, sender);
        self.process = Some(process);
        self.port = addresses.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            panic!(
                "the relay prints no address:\n{}",
                self.printed().join("\n")
            );
        });
    }

    /// The app that was built for the tests, unless a test brings its own.
    fn app(&self) -> Vec<String> {
        match env::var("CUTLINE_APP_BUNDLE") {
            Ok(bundle) if !self.options.iter().any(|option| option == "--app") => {
                vec!["--app".to_owned(), bundle]
            }
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// Starts the relay again with other options than before.
    pub fn resume_with(&mut self, options: &[&str]) {
        self.options = options.iter().map(|option| (*option).to_owned()).collect();
        self.resume();
    }

    /// Keeps what the relay prints, and passes on the ports of the addresses in it.
    fn read(&self, output: impl Read + Send + 'static, ports: mpsc::Sender<u16>) {
        let printed = Arc::clone(&self.printed);
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    // Only the first address is waited for.
                    let _first = ports.send(port);
                }
                printed
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        });
    }

    /// What the relay has printed so far.
    #[must_use]
    pub fn printed(&self) -> Vec<String> {
        self.printed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until the relay has printed a line with these words.
    #[track_caller]
    pub fn prints(&self, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.printed().iter().any(|line| line.contains(words)) {
            assert!(
                Instant::now() < until,
                "the relay prints no {words:?}:\n{}",
                self.printed().join("\n")
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The page at this path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The socket at this path.
    #[must_use]
    pub fn socket(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.port)
    }

    /// The relay's port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The relay's folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The running process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("the relay runs").id()
    }

    /// Ends the relay as a power cut would: SIGKILL, at once.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may just have ended by itself.
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Asks the relay to end, and waits until it has.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        drop(
            Command::new("kill")
                .args(["-TERM", &process.id().to_string()])
                .status(),
        );
        let end = Instant::now() + PATIENCE;
        while matches!(process.try_wait(), Ok(None)) {
            if Instant::now() > end {
                drop(process.kill());
                panic!(
                    "the relay does not end when asked:\n{}",
                    self.printed().join("\n")
                );
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// A copy of the stopped relay's folder, as a backup of a machine keeps it.
    #[must_use]
    pub fn copy_of_data(&self) -> TempDir {
        assert!(
            self.process.is_none(),
            "a running relay's folder is not copied"
        );
        let copy = tempfile::tempdir().expect("a folder for the copy");
        copy_files(self.data.path(), copy.path());
        copy
    }

    /// Puts a former copy in place of the stopped relay's folder.
    pub fn restore_data(&mut self, copy: &TempDir) {
        assert!(
            self.process.is_none(),
            "a running relay's folder is not replaced"
        );
        self.data = tempfile::tempdir().expect("a folder for the relay");
        copy_files(copy.path(), self.data.path());
    }
}

impl Drop for RunningRelay {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The relay's program: named by `CUTLINE_BIN`, or built beside this one.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(named) = env::var_os("CUTLINE_BIN") {
        return named.into();
    }
    let program = env::current_exe().expect("this program has a path");
    let mut folder = program.parent().expect("a program is in a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("deps is in a folder");
    }
    let binary = folder.join("cutline");
    assert!(
        binary.exists(),
        "{} is not built: `cargo build -p server` does",
        binary.display()
    );
    binary
}

fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line
        .split_once("http://")
        .or_else(|| line.split_once("https://"))?;
    let (_, rest) = rest.split_once(':')?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let copy = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&copy).expect("a folder can be made");
            copy_files(&entry.path(), &copy);
        } else if entry.path().is_file() {
            // The socket of a running relay is no data.
            fs::copy(entry.path(), copy).expect("a file can be copied");
        }
    }
}

//! Reading a file for the page: long files take seconds, and the page goes on meanwhile.

use shared::import::{Importer, Options};

use super::page_end;
use crate::platform::ImportReply;

/// How many rows are read between two reports: some tens of milliseconds of work.
const ROWS_PER_REPORT: usize = 500;

/// Reads the file and answers the page, which ends this worker afterwards.
pub(crate) fn run(file_name: &str, bytes: Vec<u8>, options: Options) {
    let mut importer = Importer::new(file_name, bytes, options);
    loop {
        let progress = importer.step(ROWS_PER_REPORT);
        page_end::say(&ImportReply::Progress {
            done: progress.done_bytes,
            of: progress.total_bytes,
        });
        if progress.finished {
            break;
        }
    }
    page_end::say(&ImportReply::Read(Box::new(importer.finish())));
}

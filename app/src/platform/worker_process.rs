//! A worker as a page sees it: started with one message, spoken to in bytes and short texts, heard when it breaks.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{WorkerStart, bytes_of, worker_url};

/// From a worker: it listens. What is said to it before would be lost, so it waits until then.
pub const READY: &str = "ready";
/// From a worker: it panicked and answers no more. The rest of the text says how.
pub const PANIC: &str = "panic: ";

/// What a page hears from its worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromWorker {
    /// Bytes.
    Message(Vec<u8>),
    /// A short text.
    Signal(String),
    /// It will not answer any more; says why.
    Broken(String),
}

/// A running worker, ended when this is dropped.
pub struct WorkerProcess {
    inner: Worker,
    /// What waits for the worker to listen; `None` once it does.
    waiting: Rc<RefCell<Option<Vec<JsValue>>>>,
    retired: Cell<bool>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl fmt::Debug for WorkerProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerProcess").finish_non_exhaustive()
    }
}

impl WorkerProcess {
    /// Starts a worker and tells it what to do.
    pub fn start(
        start: &WorkerStart,
        on_event: impl Fn(FromWorker) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let inner = Worker::new_with_options(&worker_url(), &options)
            .map_err(|thrown| format!("no worker: {thrown:?}"))?;
        let waiting = Rc::new(RefCell::new(Some(Vec::new())));

        let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
            let (on_event, waiting, worker) =
                (on_event.clone(), Rc::clone(&waiting), inner.clone());
            move |event: MessageEvent| {
                let data = event.data();
                match data.as_string() {
                    Some(text) if text == READY => {
                        for message in waiting.take().unwrap_or_default() {
                            post(&worker, &message);
                        }
                    }
                    Some(text) => on_event(match text.strip_prefix(PANIC) {
                        Some(words) => FromWorker::Broken(words.to_owned()),
                        None => FromWorker::Signal(text),
                    }),
                    None => on_event(FromWorker::Message(bytes_of(&data).unwrap_or_default())),
                }
            }
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            // A script that can't be loaded gives a plain event without a message.
            let words = super::property(&event, "message").as_string();
            on_event(FromWorker::Broken(words.unwrap_or_else(|| {
                "the worker's script could not be loaded".to_owned()
            })));
        });
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        inner.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let process = Self {
            inner,
            waiting,
            retired: Cell::new(false),
            _on_message: on_message,
            _on_error: on_error,
        };
        process.post(start);
        Ok(process)
    }

    /// Says something in postcard's encoding.
    pub fn post(&self, message: &impl Serialize) {
        let bytes = postcard::to_stdvec(message)
            .expect("messages are plain data, which postcard can always encode");
        self.post_value(Uint8Array::from(bytes.as_slice()).buffer().into());
    }

    /// Says a short text.
    pub fn signal(&self, text: &str) {
        self.post_value(JsValue::from_str(text));
    }

    /// Says a last thing and lets the worker end by itself when its work is safe. One that does not even listen yet has
    /// nothing to save.
    pub fn retire(self, last: &impl Serialize) {
        if self.waiting.borrow().is_none() {
            self.post(last);
            self.retired.set(true);
        }
    }

    fn post_value(&self, value: JsValue) {
        match &mut *self.waiting.borrow_mut() {
            Some(waiting) => waiting.push(value),
            None => post(&self.inner, &value),
        }
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.inner.set_onmessage(None);
        self.inner.set_onerror(None);
        if !self.retired.get() {
            self.inner.terminate();
        }
    }
}

/// Hands buffers over instead of copying them.
fn post(worker: &Worker, value: &JsValue) {
    let transferred = if value.is_string() {
        Array::new()
    } else {
        Array::of1(value)
    };
    // Fails only for values that can't be cloned; texts and buffers can.
    drop(worker.post_message_with_transfer(value, &transferred));
}

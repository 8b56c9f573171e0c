//! A socket that gives up by itself when nothing moves.
//!
//! Everything above may wait for a socket that never answers: a graceful close waits until the send buffer is empty,
//! and the kernel keeps trying for a quarter of an hour. Live sessions exchange heartbeats and never come near.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::{AsyncRead, AsyncWrite, Future as _};
use tokio::time::{Instant, Sleep};

use super::limits::SOCKET_IDLE;

/// A stream that fails with [`io::ErrorKind::TimedOut`] once neither reading nor writing made progress for a while.
#[derive(Debug)]
pub(super) struct IdleGuard<S> {
    inner: S,
    timer: Pin<Box<Sleep>>,
    limit: Duration,
}

impl<S> IdleGuard<S> {
    /// Guards `inner`.
    pub(super) fn new(inner: S) -> Self {
        Self::with_limit(inner, SOCKET_IDLE)
    }

    fn with_limit(inner: S, limit: Duration) -> Self {
        Self { inner, timer: Box::pin(tokio::time::sleep(limit)), limit }
    }

    /// Passes on a result: progress resets the timer, and waiting waits for the timer as well.
    fn guard<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match result {
            Poll::Ready(result) => {
                self.timer.as_mut().reset(Instant::now() + self.limit);
                Poll::Ready(result)
            }
            Poll::Pending => match self.timer.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for IdleGuard<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.guard(cx, result)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for IdleGuard<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.guard(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A flush with nothing to flush is no progress, and happens all the time.
        match Pin::new(&mut self.inner).poll_flush(cx) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => self.guard(cx, Poll::Pending),
        }
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_close(cx);
        self.guard(cx, result)
    }
}

#[cfg(test)]
mod tests {
    use futures::{AsyncReadExt as _, TryStreamExt as _};

    use super::*;

    #[tokio::test]
    async fn a_socket_on_which_nothing_moves_ends() {
        let silent = futures::stream::pending::<io::Result<Vec<u8>>>().into_async_read();
        let mut guarded = IdleGuard::with_limit(silent, Duration::from_millis(50));
        let error = guarded.read(&mut [0; 1]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}

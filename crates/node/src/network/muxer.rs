//! Yamux, with a bound on how much a connection may have on the way to streams that are not read.
//!
//! libp2p's own adapter lets nobody set that bound, which is 1 GiB: the window of a stream grows as long as it is read within
//! two round trips, and how long a round trip takes is for the other side to say, by when it answers a ping. So a member that
//! answers late, sends much that is read at once, and then what is not, would fill a gibibyte of memory.

use std::collections::VecDeque;
use std::future::{Ready, ready};
use std::io;
use std::iter::{Once, once};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use futures::{AsyncRead, AsyncWrite};
use libp2p::core::muxing::{StreamMuxer, StreamMuxerEvent};
use libp2p::core::upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade, UpgradeInfo};
use yamux::{Config, Connection, ConnectionError, Mode, Stream};

use super::limits::{MAX_GROWTH, MAX_STREAMS};

/// The upgrade of a connection.
#[derive(Debug, Clone)]
pub(super) struct Yamux(Config);

impl Yamux {
    /// Within the bounds of this node.
    pub(super) fn new() -> Self {
        let mut config = Config::default();
        config.set_max_num_streams(MAX_STREAMS);
        let windows = MAX_STREAMS * yamux::DEFAULT_CREDIT as usize;
        config.set_max_connection_receive_window(Some(windows + MAX_GROWTH));
        Self(config)
    }
}

impl UpgradeInfo for Yamux {
    type Info = &'static str;
    type InfoIter = Once<Self::Info>;

    fn protocol_info(&self) -> Self::InfoIter {
        once("/yamux/1.0.0")
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> InboundConnectionUpgrade<C> for Yamux {
    type Output = Muxer<C>;
    type Error = io::Error;
    type Future = Ready<io::Result<Muxer<C>>>;

    fn upgrade_inbound(self, socket: C, _: Self::Info) -> Self::Future {
        ready(Ok(Muxer::new(Connection::new(socket, self.0, Mode::Server))))
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> OutboundConnectionUpgrade<C> for Yamux {
    type Output = Muxer<C>;
    type Error = io::Error;
    type Future = Ready<io::Result<Muxer<C>>>;

    fn upgrade_outbound(self, socket: C, _: Self::Info) -> Self::Future {
        ready(Ok(Muxer::new(Connection::new(socket, self.0, Mode::Client))))
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Muxer<C> {
    connection: Connection<C>,
    /// Streams that the other side opened while nobody asked for one: Yamux moves only while it is asked. Bounded by
    /// [`MAX_STREAMS`]; what goes beyond is dropped, and so closed.
    opened: VecDeque<Stream>,
    asks: Option<Waker>,
}

impl<C: AsyncRead + AsyncWrite + Unpin> Muxer<C> {
    fn new(connection: Connection<C>) -> Self {
        Self { connection, opened: VecDeque::new(), asks: None }
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        let next = ready!(self.connection.poll_next_inbound(context));
        Poll::Ready(next.unwrap_or(Err(ConnectionError::Closed)).map_err(io_error))
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> StreamMuxer for Muxer<C> {
    type Substream = Stream;
    type Error = io::Error;

    fn poll_inbound(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        if let Some(stream) = self.opened.pop_front() {
            return Poll::Ready(Ok(stream));
        }
        if let Poll::Ready(next) = self.next(context) {
            return Poll::Ready(next);
        }
        self.asks = Some(context.waker().clone());
        Poll::Pending
    }

    fn poll_outbound(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        self.connection.poll_new_outbound(context).map_err(io_error)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.poll_close(context).map_err(io_error)
    }

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<StreamMuxerEvent>> {
        let stream = ready!(self.next(context))?;
        if self.opened.len() < MAX_STREAMS {
            self.opened.push_back(stream);
            if let Some(asks) = self.asks.take() {
                asks.wake();
            }
        }
        // There may be more, and others are to have their turn first.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn io_error(error: ConnectionError) -> io::Error {
    match error {
        ConnectionError::Io(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::Duration;

    use futures::FutureExt as _;
    use futures::task::noop_waker;

    use super::*;

    /// One end of a line in memory.
    struct End {
        hears: Rc<RefCell<VecDeque<u8>>>,
        says: Rc<RefCell<VecDeque<u8>>>,
    }

    impl AsyncRead for End {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
            match io::Read::read(&mut *self.hears.borrow_mut(), into)? {
                0 => Poll::Pending,
                read => Poll::Ready(Ok(read)),
            }
        }
    }

    impl AsyncWrite for End {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(io::Write::write(&mut *self.says.borrow_mut(), bytes))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn line() -> (End, End) {
        let (one, other) = (Rc::<RefCell<VecDeque<u8>>>::default(), Rc::<RefCell<VecDeque<u8>>>::default());
        (End { hears: Rc::clone(&one), says: Rc::clone(&other) }, End { hears: other, says: one })
    }

    #[test]
    fn who_answers_late_and_is_read_no_more_has_no_more_on_the_way_than_may_be() {
        let waker = noop_waker();
        let context = &mut Context::from_waker(&waker);
        let (here, there) = line();
        let mut here = Yamux::new().upgrade_inbound(here, "").now_or_never().unwrap().unwrap();
        let mut there = Connection::new(there, Config::default(), Mode::Client);
        let Poll::Ready(Ok(mut says)) = there.poll_new_outbound(context) else { panic!("no stream") };
        let bytes = vec![0; 64 * 1024];
        let mut hears = None;
        let mut buffer = bytes.clone();
        // What was said and heard so far.
        let mut turn = |said: &mut usize, reads: bool| {
            let mut heard = 0;
            let before = *said;
            while let Poll::Ready(Ok(written)) = Pin::new(&mut says).poll_write(context, &bytes) {
                *said += written;
                let _ = there.poll_next_inbound(context);
            }
            let _ = there.poll_next_inbound(context);
            match &mut hears {
                None => {
                    if let Poll::Ready(Ok(stream)) = Pin::new(&mut here).poll_inbound(context) {
                        // The first ping is out. Its answer is to come late: the time that this takes is what is tested.
                        std::thread::sleep(Duration::from_millis(1_500));
                        hears = Some(stream);
                    }
                }
                Some(stream) => {
                    let _ = Pin::new(&mut here).poll(context);
                    while reads
                        && let Poll::Ready(Ok(read @ 1..)) =
                            Pin::new(&mut *stream).poll_read(context, &mut buffer)
                    {
                        heard += read;
                    }
                    let _ = Pin::new(&mut here).poll(context);
                }
            }
            (*said > before, heard)
        };
        let (mut said, mut heard) = (0, 0);
        while heard < 4 * MAX_GROWTH {
            heard += turn(&mut said, true).1;
        }
        // Only once nothing more is taken for a few turns does nothing more go through.
        let mut idle = 0;
        while idle < 8 {
            idle = if turn(&mut said, false).0 { 0 } else { idle + 1 };
        }
        let window = yamux::DEFAULT_CREDIT as usize;
        let unread = said - heard;
        assert!(unread > window, "the window did not grow, so that this tests nothing");
        assert!(unread <= window + MAX_GROWTH, "{unread} bytes are on the way");
    }
}

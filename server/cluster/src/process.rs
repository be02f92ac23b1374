//! The few calls to the operating system that Rust's library does not wrap.
//!
//! The only home of `unsafe` in the workspace. Each call passes plain numbers or a string that outlives it.
#![allow(unsafe_code)]

use std::io;
use std::process::Command;

/// A signal that this crate sends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    /// To Postgres: roll back what is open and shut down cleanly.
    Fast,
    /// To Postgres: end at once, recover at the next start.
    Immediate,
    Terminate,
}

impl Signal {
    fn number(self) -> libc::c_int {
        match self {
            Signal::Fast => libc::SIGINT,
            Signal::Immediate => libc::SIGQUIT,
            Signal::Terminate => libc::SIGTERM,
        }
    }
}

/// Whether this process may do everything, so that Postgres refuses to run as it.
pub(crate) fn is_root() -> bool {
    // SAFETY: takes nothing, cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// Whether the user we run as owns what this describes.
pub(crate) fn is_ours(metadata: &std::fs::Metadata) -> bool {
    // SAFETY: takes nothing, cannot fail.
    std::os::unix::fs::MetadataExt::uid(metadata) == unsafe { libc::geteuid() }
}

/// Whether a process of this number exists, ours or another user's.
pub(crate) fn is_alive(pid: i32) -> bool {
    // SAFETY: signal 0 only asks.
    let answer = unsafe { libc::kill(pid, 0) };
    answer == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}

pub(crate) fn signal(pid: u32, signal: Signal) -> io::Result<()> {
    let pid = i32::try_from(pid).map_err(io::Error::other)?;
    // SAFETY: plain numbers.
    match unsafe { libc::kill(pid, signal.number()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Asks a child that has not been waited for to end. Postgres's other signals stay inside this crate.
pub fn terminate(child: &std::process::Child) -> io::Result<()> {
    signal(child.id(), Signal::Terminate)
}

/// Whether the system's C library knows this character classification.
pub(crate) fn has_locale(name: &std::ffi::CStr) -> bool {
    // SAFETY: the name is a C string; the locale is freed where there was one.
    unsafe {
        let locale = libc::newlocale(libc::LC_CTYPE_MASK, name.as_ptr(), std::ptr::null_mut());
        if locale.is_null() {
            return false;
        }
        libc::freelocale(locale);
    }
    true
}

/// Lets the child be interrupted when the **thread** that spawns it ends, also where the process is killed.
///
/// Call this last: the kernel forgets the wish when the child changes its user, and Rust changes the user before
/// it runs what is registered here. Systems other than Linux have no such wish; there the child stays behind
/// after a kill, and the next start finds it.
pub fn stop_with_parent(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::CommandExt as _;
        let parent = std::process::id();
        // SAFETY: between fork and exec only two system calls are made, and nothing is allocated.
        unsafe {
            command.pre_exec(move || {
                if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) != 0 {
                    return Err(io::Error::last_os_error());
                }
                // The parent may have died before the wish was made.
                if u32::try_from(libc::getppid()) != Ok(parent) {
                    return Err(io::Error::from_raw_os_error(libc::ESRCH));
                }
                Ok(())
            });
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = command;
}

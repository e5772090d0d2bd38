//! From libproc.
#![allow(unsafe_code, reason = "macOS tells about processes only through C calls")]

use std::io::Error;
use std::mem::MaybeUninit;

use super::dated::Seen;

pub(super) fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

pub(super) fn look(pid: u32) -> Seen {
    let Ok(pid) = i32::try_from(pid) else { return Seen::Nothing };
    let mut info = MaybeUninit::<libc::proc_bsdinfo>::zeroed();
    let size = size_of::<libc::proc_bsdinfo>() as i32;
    // SAFETY: the buffer is `size` bytes of zeroed memory, valid for this struct of integers whatever
    // part of it the call fills.
    let info = unsafe {
        let pointer = info.as_mut_ptr().cast();
        if libc::proc_pidinfo(pid, libc::PROC_PIDTBSDINFO, 0, pointer, size) != size {
            let missing = Error::last_os_error().raw_os_error() == Some(libc::ESRCH);
            return if missing { Seen::Nothing } else { Seen::Hidden };
        }
        info.assume_init()
    };
    if info.pbi_status == libc::SZOMB {
        return Seen::Nothing;
    }
    Seen::Started(info.pbi_start_tvsec * 1_000_000 + info.pbi_start_tvusec)
}

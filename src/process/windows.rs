//! From the process handles of kernel32.
#![allow(unsafe_code, reason = "Windows tells about processes only through C calls")]

use std::ptr::null_mut;

use windows_sys::Wdk::System::Threading::{NtQueryInformationProcess, ProcessBasicInformation};
use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_INVALID_PARAMETER, FILETIME, GetLastError, WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetProcessTimes, OpenProcess, PROCESS_BASIC_INFORMATION,
    PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE, WaitForSingleObject,
};

use super::dated::Seen;

pub(super) fn parent() -> u32 {
    let mut info = PROCESS_BASIC_INFORMATION::default();
    // SAFETY: the buffer is the struct that this class of information fills, and its size is given.
    let status = unsafe {
        NtQueryInformationProcess(
            GetCurrentProcess(),
            ProcessBasicInformation,
            (&raw mut info).cast(),
            size_of::<PROCESS_BASIC_INFORMATION>() as u32,
            null_mut(),
        )
    };
    if status == 0 { info.InheritedFromUniqueProcessId as u32 } else { 0 }
}

pub(super) fn look(pid: u32) -> Seen {
    let rights = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE;
    // SAFETY: no pointers; the handle is checked and closed below.
    let handle = unsafe { OpenProcess(rights, 0, pid) };
    if handle.is_null() {
        // SAFETY: no arguments.
        let missing = unsafe { GetLastError() } == ERROR_INVALID_PARAMETER;
        return if missing { Seen::Nothing } else { Seen::Hidden };
    }
    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle is open until the last of these calls, the four times are ours.
    let (told, running) = unsafe {
        let told = GetProcessTimes(
            handle,
            &raw mut created,
            &raw mut ended,
            &raw mut kernel,
            &raw mut user,
        ) != 0;
        // A process is signalled once it has ended; its handle may outlive it.
        let running = WaitForSingleObject(handle, 0) == WAIT_TIMEOUT;
        CloseHandle(handle);
        (told, running)
    };
    match (running, told) {
        (false, _) => Seen::Nothing,
        (true, false) => Seen::Hidden,
        (true, true) => Seen::Started(
            u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime),
        ),
    }
}

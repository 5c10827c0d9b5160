// Returns its input in capital letters.
use std::alloc::{alloc, dealloc, Layout};

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size.max(1), 1).unwrap()
}

fn give(bytes: Vec<u8>) -> u64 {
    let bytes = bytes.into_boxed_slice();
    let size = bytes.len() as u64;
    (Box::into_raw(bytes) as *mut u8 as u64) << 32 | size
}

#[no_mangle]
pub extern "C" fn allocate(size: usize) -> *mut u8 {
    unsafe { alloc(layout(size)) }
}

#[no_mangle]
pub unsafe extern "C" fn deallocate(data: *mut u8, size: usize) {
    dealloc(data, layout(size));
}

#[no_mangle]
pub extern "C" fn meta() -> u64 {
    give(br#"{"name":"shout","version":"1.0.0"}"#.to_vec())
}

#[no_mangle]
pub unsafe extern "C" fn execute(data: *const u8, size: usize) -> u64 {
    give(std::slice::from_raw_parts(data, size).to_ascii_uppercase())
}

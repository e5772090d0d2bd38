//! The heap of the hooks.
//!
//! `dlmalloc` takes some 150 instructions for a block and 200 to have it back, two fifths of them for a lock. Nine
//! of ten blocks are small and over soon: they come from lists of their own, one for each size and thread, which
//! take ten.

#![allow(unsafe_code, reason = "a heap hands out memory: what it promises can't be said in types")]
#![allow(clippy::cast_ptr_alignment, reason = "a small block lies at a multiple of `STEP`")]

use dlmalloc::GlobalDlmalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::null_mut;

/// Small blocks from lists, all others from `dlmalloc`.
#[derive(Debug)]
pub struct Heap;

/// Small blocks have a multiple of this size, in bytes, and lie at a multiple of it.
const STEP: usize = 16;
/// The largest of them.
const SMALL: usize = 256;
/// What `dlmalloc` is asked for at once, to be cut into small blocks.
const CHUNK: Layout = match Layout::from_size_align(16 << 10, STEP) {
    Ok(layout) => layout,
    Err(_) => panic!("no power of two"),
};

/// The small blocks of one thread.
struct Blocks {
    /// Those that were given back, by size: each points to the next.
    free: [*mut u8; SMALL / STEP],
    /// What is left of the newest chunk.
    rest: *mut u8,
    left: usize,
}

thread_local! {
    /// A pointer, since C's library has room for few bytes before it asks the system for more.
    static BLOCKS: Cell<*mut Blocks> = const { Cell::new(null_mut()) };
}

/// Whether a block is a small one: told by what is asked for alone, hence the same when it is given back.
const fn is_small(layout: Layout) -> bool {
    layout.size() <= SMALL && layout.align() <= STEP
}

/// The list of blocks that hold so many bytes, of which there is one at least.
const fn list(size: usize) -> usize {
    (size - 1) / STEP
}

/// This thread's blocks; null where there is no memory for them. They are never given back: a thread that ends
/// leaves what it had.
#[inline]
fn blocks() -> *mut Blocks {
    // Nothing is dropped with the thread, so that the pointer is there as long as the thread is.
    BLOCKS.with(|blocks| if blocks.get().is_null() { first(blocks) } else { blocks.get() })
}

#[cold]
fn first(blocks: &Cell<*mut Blocks>) -> *mut Blocks {
    // SAFETY: the layout is not empty. All of `Blocks` may be zero: null pointers, and no bytes left.
    let new = unsafe { GlobalDlmalloc.alloc_zeroed(Layout::new::<Blocks>()) }.cast();
    blocks.set(new);
    new
}

/// A block cut from the newest chunk, or from a new one; null where there is no memory for that.
///
/// # Safety
///
/// `blocks` are this thread's.
#[cold]
unsafe fn cut(blocks: *mut Blocks, size: usize) -> *mut u8 {
    // SAFETY: nothing else holds a reference to this thread's blocks while one of these functions runs.
    let blocks = unsafe { &mut *blocks };
    if blocks.left < size {
        // What was left is too little for one block of this size, and not worth a place in a list.
        // SAFETY: the layout is not empty.
        let chunk = unsafe { GlobalDlmalloc.alloc(CHUNK) };
        if chunk.is_null() {
            return chunk;
        }
        (blocks.rest, blocks.left) = (chunk, CHUNK.size());
    }
    let block = blocks.rest;
    blocks.left -= size;
    // SAFETY: at least `size` bytes of the chunk lie behind `rest`.
    blocks.rest = unsafe { block.add(size) };
    block
}

// SAFETY: a small block is a whole number of steps cut from a chunk, in one list or handed out, never both; the
// lists are a thread's own, and a block that another thread gives back goes into that one's. What is not small goes
// to `dlmalloc` and comes back to it, since `is_small` depends on the layout alone.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !is_small(layout) {
            // SAFETY: the caller's promise.
            return unsafe { GlobalDlmalloc.alloc(layout) };
        }
        let blocks = blocks();
        if blocks.is_null() {
            return null_mut();
        }
        let list = list(layout.size());
        // SAFETY: the blocks are this thread's, and what stands in a list is a block whose first bytes are the
        // place of the next one.
        unsafe {
            let block = (*blocks).free[list];
            if block.is_null() {
                return cut(blocks, (list + 1) * STEP);
            }
            (*blocks).free[list] = block.cast::<*mut u8>().read();
            block
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !is_small(layout) {
            // SAFETY: the caller's promise; the block is `dlmalloc`'s.
            return unsafe { GlobalDlmalloc.dealloc(block, layout) };
        }
        let blocks = blocks();
        if blocks.is_null() {
            // A thread that never had a block, where there is no memory to remember this one.
            return;
        }
        let list = list(layout.size());
        // SAFETY: the block has room for a pointer, and nobody uses it any more.
        unsafe {
            block.cast::<*mut u8>().write((*blocks).free[list]);
            (*blocks).free[list] = block;
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !is_small(layout) {
            // SAFETY: the caller's promise.
            return unsafe { GlobalDlmalloc.alloc_zeroed(layout) };
        }
        // SAFETY: the caller's promise; a block has at least the bytes that were asked for.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is not 0 and, rounded up, no overflow.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (is_small(layout), is_small(wanted)) {
            // SAFETY: the caller's promise; the block is `dlmalloc`'s and stays it.
            (false, false) => unsafe { GlobalDlmalloc.realloc(block, layout, size) },
            (true, true) if list(layout.size()) == list(size) => block,
            // SAFETY: both blocks have the bytes that are copied, and are not the same.
            _ => unsafe {
                let new = self.alloc(wanted);
                if !new.is_null() {
                    new.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                new
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the heap is asked to do with one of eight blocks.
    #[derive(Clone, Copy, Debug)]
    enum Asked {
        /// A new block, after the old one is given back.
        New {
            size: usize,
            align: usize,
            zeroed: bool,
        },
        Grown {
            size: usize,
        },
    }

    fn asked() -> impl Strategy<Value = (usize, Asked)> {
        let size = prop_oneof![1_usize..40, 240_usize..270, 1_usize..4_000];
        let new = (size.clone(), 0..6_u32, any::<bool>())
            .prop_map(|(size, align, zeroed)| Asked::New { size, align: 1 << align, zeroed });
        (0..8_usize, prop_oneof![new, size.prop_map(|size| Asked::Grown { size })])
    }

    fn is_filled(block: *mut u8, layout: Layout, mark: u8) -> bool {
        // SAFETY: the block has that many bytes, all of them written.
        unsafe { std::slice::from_raw_parts(block, layout.size()) }.iter().all(|b| *b == mark)
    }

    proptest! {
        /// No two blocks share a byte, each is where it was asked to be, and what stood in it stays.
        #[test]
        fn blocks_are_apart(steps in prop::collection::vec(asked(), 1..200)) {
            let mut held: [Option<(*mut u8, Layout, u8)>; 8] = [None; 8];
            for (number, (at, asked)) in steps.into_iter().enumerate() {
                let mark = (number % 251) as u8 + 1;
                let old = held[at].take();
                let (block, layout) = match (asked, old) {
                    (Asked::Grown { size }, Some((block, layout, mark))) => {
                        let wanted = Layout::from_size_align(size, layout.align()).unwrap();
                        // SAFETY: the block is the heap's, of that layout.
                        let new = unsafe { Heap.realloc(block, layout, size) };
                        let kept = Layout::from_size_align(layout.size().min(size), 1).unwrap();
                        prop_assert!(is_filled(new, kept, mark));
                        (new, wanted)
                    }
                    (Asked::Grown { .. }, None) => continue,
                    (Asked::New { size, align, zeroed }, old) => {
                        if let Some((block, layout, mark)) = old {
                            prop_assert!(is_filled(block, layout, mark));
                            // SAFETY: the block is the heap's, of that layout.
                            unsafe { Heap.dealloc(block, layout) };
                        }
                        let layout = Layout::from_size_align(size, align).unwrap();
                        // SAFETY: the layout is not empty.
                        let block = unsafe {
                            if zeroed { Heap.alloc_zeroed(layout) } else { Heap.alloc(layout) }
                        };
                        prop_assert!(!zeroed || is_filled(block, layout, 0));
                        (block, layout)
                    }
                };
                prop_assert!(!block.is_null() && block.addr() % layout.align() == 0);
                // SAFETY: the block has that many bytes.
                unsafe { block.write_bytes(mark, layout.size()) };
                held[at] = Some((block, layout, mark));
                for (block, layout, mark) in held.iter().flatten() {
                    prop_assert!(is_filled(*block, *layout, *mark));
                }
            }
        }
    }

    /// What one thread took, another may give back.
    #[test]
    fn a_block_may_end_in_another_thread() {
        let layout = Layout::from_size_align(40, 8).unwrap();
        // SAFETY: the layout is not empty.
        let blocks: Vec<usize> =
            (0..1_000).map(|_| unsafe { Heap.alloc(layout) }.expose_provenance()).collect();
        std::thread::spawn(move || {
            for block in &blocks {
                // SAFETY: the block is the heap's, of that layout.
                unsafe { Heap.dealloc(std::ptr::with_exposed_provenance_mut(*block), layout) };
            }
            // SAFETY: the layout is not empty.
            let again = unsafe { Heap.alloc(layout) }.expose_provenance();
            assert_eq!(Some(&again), blocks.last());
        })
        .join()
        .unwrap();
    }
}

// Returns its input in capital letters.
const std = @import("std");
const allocator = std.heap.wasm_allocator;

fn give(bytes: []const u8) u64 {
    return @as(u64, @intFromPtr(bytes.ptr)) << 32 | bytes.len;
}

export fn allocate(size: usize) ?[*]u8 {
    const bytes = allocator.alloc(u8, @max(size, 1)) catch return null;
    return bytes.ptr;
}

export fn deallocate(data: [*]u8, size: usize) void {
    allocator.free(data[0..@max(size, 1)]);
}

export fn meta() u64 {
    return give(allocator.dupe(u8, "{\"name\":\"shout\",\"version\":\"1.0.0\"}") catch return 0);
}

export fn execute(data: [*]const u8, size: usize) u64 {
    const result = allocator.alloc(u8, @max(size, 1)) catch return 0;
    for (data[0..size], result[0..size]) |from, *to| to.* = std.ascii.toUpper(from);
    return give(result[0..size]);
}

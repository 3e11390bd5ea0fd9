/* SPDX-License-Identifier: ISC */
/*
 * The protected-mode part of a bzImage without a kernel in it: starts the one that is in memory already.
 *
 * QEMU's own way to start a kernel in a Xen guest goes through an I/O port, byte by byte, each one emulated twice here: two
 * minutes for kernel and initramfs. So QEMU's loader device puts the unpacked kernel and the initramfs where they belong (see
 * guest.sh), and this is what the kernel's real-mode code jumps to at the end: with paging off, flat segments, and the address
 * of boot_params in %esi. The kernel wants 64-bit mode with its memory mapped one to one (Documentation/x86/boot.rst, "64-bit
 * Boot Protocol"). INITRD, INITRD_SIZE and KERNEL are defined by tests/lab/image.
 */
#define TABLES 0x200000 /* free memory: one PML4, one PDPT, four page directories */

	.code32
	.globl _start
_start:
	cli
	cld
	movl $INITRD, 0x218(%esi)      /* hdr.ramdisk_image */
	movl $INITRD_SIZE, 0x21c(%esi) /* hdr.ramdisk_size */

	movl $TABLES, %edi
	movl $(6 * 1024), %ecx
	xorl %eax, %eax
	rep stosl
	movl $(TABLES + 0x1003), TABLES
	movl $(TABLES + 0x2003), TABLES + 0x1000
	movl $(TABLES + 0x3003), TABLES + 0x1008
	movl $(TABLES + 0x4003), TABLES + 0x1010
	movl $(TABLES + 0x5003), TABLES + 0x1018
	movl $(TABLES + 0x2000), %edi
	movl $0x83, %eax               /* present, writable, 2 MB */
1:	movl %eax, (%edi)
	addl $8, %edi
	addl $0x200000, %eax
	jnc 1b                         /* up to 4 GB */

	movl $0x20, %eax               /* PAE */
	movl %eax, %cr4
	movl $TABLES, %eax
	movl %eax, %cr3
	movl $0xc0000080, %ecx         /* EFER.LME */
	rdmsr
	orl $0x100, %eax
	wrmsr
	lgdt descriptor
	movl %cr0, %eax
	orl $0x80000001, %eax          /* paging */
	movl %eax, %cr0
	ljmp $0x10, $long_mode

	.code64
long_mode:
	movl $0x18, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl %esi, %esi                /* clears the upper half */
	movl $KERNEL, %eax
	jmp *%rax

	.balign 8
gdt:	.quad 0, 0
	.quad 0x00af9a000000ffff       /* 0x10: code, 64 bits */
	.quad 0x00cf92000000ffff       /* 0x18: data */
descriptor:
	.word . - gdt - 1
	.long gdt

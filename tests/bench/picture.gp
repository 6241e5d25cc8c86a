# SPDX-License-Identifier: LGPL-2.1-or-later
# Draws what tests/bench/bench prints for BENCH=picture: make bench-picture.
set terminal svg size 960,330 font 'sans-serif,12' background 'white'
set datafile missing '?'
set logscale x
set format x '%.0f'
set yrange [0.95:1.35]
set grid ytics linetype 1 linecolor '#dddddd'
set border 3
set tics nomirror
set mxtics 1
set style data linespoints
set multiplot layout 1,3 margins 0.07,0.99,0.16,0.78 spacing 0.055 \
	title "CPU time of a UDP request and its reply, IPv4; the plain server is 1"
set key at screen 0.86,0.92 right top maxrows 1 width -1 samplen 2
set style line 1 linecolor '#bbbbbb' pointtype 0 dashtype 2
set style line 2 linecolor '#000000' pointtype 6 pointsize 0.6
set style line 3 linecolor '#c03030' pointtype 7 pointsize 0.6
set style line 4 linecolor '#3060c0' pointtype 5 pointsize 0.6
set style line 5 linecolor '#30a030' pointtype 9 pointsize 0.6

panels = "peers sockets addresses"
do for [i = 0:2] {
	set xlabel word(panels, i + 1)
	if (i > 0) { unset key }
	plot data index i using 1:2 linestyle 1 title 'plain again', \
		'' index i using 1:3 linestyle 2 title 'by hand', \
		'' index i using 1:4 linestyle 3 title 'bindright', \
		'' index i using 1:5 linestyle 4 title 'kernel back end', \
		'' index i using 1:6 linestyle 5 title 'nft DNAT'
}
unset multiplot

/* The rows of H.264 and H.265 for codecs.c: encoders that differ in what they write, payloaders in
 * every way to repeat parameter sets and to put units together.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#define NAL_SOURCE(n) VIDEO (n, "width=320,height=240") " ! "

/* Delimiters, an SEI, start codes of three bytes. */
#define X264ENC "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 bitrate=500 "
#define X264ENC_SLICES X264ENC "threads=4 sliced-threads=true "
/* Pictures that are decoded in another order than shown. */
#define X264ENC_REORDERING "x264enc speed-preset=veryfast bframes=2 b-adapt=false " \
  "key-int-max=15 threads=1 bitrate=500 rc-lookahead=4 "
#define OPENH264ENC "openh264enc gop-size=15 multi-thread=1 "
#define OPENH264ENC_SLICES OPENH264ENC "slice-mode=n-slices num-slices=4 "
#define X265ENC "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=15 bitrate=500 "
#define X265ENC_REORDERING "x265enc speed-preset=ultrafast key-int-max=15 bitrate=500 " \
  "option-string=bframes=2:b-adapt=0:rc-lookahead=4:slices=2 "

#define AVC "video/x-h264,stream-format=avc"
/* As cameras and hardware encoders hand it over. */
#define PARSED_AU(codec) codec "parse config-interval=-1 ! video/x-" codec \
  ",stream-format=byte-stream,alignment=au"

#define H264_DECODER "rtph264depay ! avdec_h264"
#define OPENH264_DECODER "rtph264depay ! h264parse ! openh264dec"
#define H265_DECODER "rtph265depay ! avdec_h265"

#define NAL_ROWS \
  {"H.264", NAL_SOURCE ("30") X264ENC "! rtph264pay", H264_DECODER, "", 30}, \
  {"H.264, sets before every IDR slice", NAL_SOURCE ("30") X264ENC_SLICES "! " \
      "rtph264pay config-interval=-1", H264_DECODER, "", 30}, \
  {"H.264, sets once a second, units put together", NAL_SOURCE ("45") X264ENC "! " \
      "rtph264pay config-interval=1 aggregate-mode=zero-latency", H264_DECODER, "", 45}, \
  {"H.264, all units put together, small packets", NAL_SOURCE ("30") X264ENC_SLICES "! " \
      "rtph264pay config-interval=-1 aggregate-mode=max-stap mtu=500", H264_DECODER, "mtu=400", \
      30}, \
  {"H.264, large packets", NAL_SOURCE ("30") X264ENC "! rtph264pay mtu=9000", H264_DECODER, "", 30}, \
  {"H.264, another order", NAL_SOURCE ("30") X264ENC_REORDERING "! rtph264pay config-interval=-1", \
      H264_DECODER, "", 30}, \
  {"H.264, avc", NAL_SOURCE ("30") X264ENC "! " AVC " ! rtph264pay config-interval=-1", \
      H264_DECODER, "", 30}, \
  {"H.264, of OpenH264", NAL_SOURCE ("30") OPENH264ENC "! rtph264pay aggregate-mode=zero-latency", \
      OPENH264_DECODER, "", 30}, \
  {"H.264, of OpenH264, several slices", NAL_SOURCE ("30") OPENH264ENC_SLICES "! " \
      "rtph264pay config-interval=-1", H264_DECODER, "", 30}, \
  {"H.264, parsed", NAL_SOURCE ("30") OPENH264ENC "! " PARSED_AU ("h264") " ! rtph264pay", \
      OPENH264_DECODER, "", 30}, \
  {"H.264, to a depayloader of avc", NAL_SOURCE ("30") X264ENC "! rtph264pay", \
      "rtph264depay ! " AVC " ! avdec_h264", "", 30}, \
  {"H.265", NAL_SOURCE ("30") X265ENC "! rtph265pay", H265_DECODER, "", 30}, \
  {"H.265, sets before every key slice, units put together", NAL_SOURCE ("30") X265ENC "! " \
      "rtph265pay config-interval=-1 aggregate-mode=max", H265_DECODER, "", 30}, \
  {"H.265, another order, several slices, small packets", NAL_SOURCE ("30") X265ENC_REORDERING "! " \
      "rtph265pay config-interval=1 aggregate-mode=zero-latency mtu=500", H265_DECODER, "mtu=400", \
      30},

#define NAL_FRAME_ROWS \
  {"H.264", NAL_SOURCE ("30") X264ENC, "avdec_h264", "", 30}, \
  {"H.264, of OpenH264", NAL_SOURCE ("30") OPENH264ENC_SLICES, "h264parse ! openh264dec", "", 30}, \
  {"H.264, parsed", NAL_SOURCE ("30") X264ENC "! " AVC " ! " PARSED_AU ("h264"), "avdec_h264", "", \
      30}, \
  {"H.265", NAL_SOURCE ("30") X265ENC, "avdec_h265", "", 30},

/* Protected in front of the payloader: it hands on what it does not understand. */
#define NAL_PAYLOADER_ROWS \
  {"H.264", NAL_SOURCE ("30") X264ENC, "avdec_h264", "", 30, \
      .between = "rtph264pay config-interval=0 ! rtph264depay"}, \
  {"H.264, sets before every IDR slice", NAL_SOURCE ("30") X264ENC_SLICES, "avdec_h264", "", 30, \
      .between = "rtph264pay config-interval=-1 aggregate-mode=max-stap ! rtph264depay"}, \
  {"H.264, of OpenH264", NAL_SOURCE ("30") OPENH264ENC_SLICES, "h264parse ! openh264dec", "", 30, \
      .between = "rtph264pay config-interval=1 aggregate-mode=zero-latency mtu=400 ! rtph264depay"}, \
  {"H.265", NAL_SOURCE ("30") X265ENC, "avdec_h265", "", 30, \
      .between = "rtph265pay config-interval=0 ! rtph265depay"}, \
  {"H.265, sets before every key slice", NAL_SOURCE ("30") X265ENC_REORDERING, "avdec_h265", "", \
      30, .between = "rtph265pay config-interval=-1 aggregate-mode=max mtu=400 ! rtph265depay"},

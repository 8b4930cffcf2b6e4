/**
 * Configuration records that FFmpeg wrote for pictures of libx264, and what ffprobe says of them. The interlaced
 * clip's rate is in frames.
 */
export const H264_CLIPS = [
  {
    name: 'Constrained Baseline',
    record: '0142c01effe100196742c01ed900a02ff97011000003000100000300320f162e4801000568cb83cb20',
    expected: {
      width: 640,
      height: 360,
      frameRate: 25,
      profile: 'Constrained Baseline',
      codecString: 'avc1.42c01e',
    },
  },
  {
    name: 'Main, 1080 lines in a picture of 1088, NTSC rate',
    record: '014d4028ffe10018674d4028eca03c0113f2e022000007d20001d4c01e30632c01000568ebe3cb20',
    expected: {
      width: 1920,
      height: 1080,
      frameRate: 30000 / 1001,
      profile: 'Main',
      codecString: 'avc1.4d4028',
    },
  },
  {
    name: 'High, cropped in both directions',
    record:
      '01640028ffe1001b67640028acd940780227a9b011000003000100000300320f18319601000668ebe3cb22c0fdf8f800',
    expected: { width: 1918, height: 1078, frameRate: 25, profile: 'High', codecString: 'avc1.640028' },
  },
  {
    name: 'High, scaling lists, aspect ratio, colours and HRD',
    record:
      '0164001effe100296764001eacd940a02ff970e6e020404800000300080000030193020007a12000f425261803c58b658001000768ebe3cb3002c0fdf8f800',
    expected: { width: 640, height: 360, frameRate: 25, profile: 'High', codecString: 'avc1.64001e' },
  },
  {
    name: 'High, fields',
    record: '01640016ffe1001967640016acd940b424d808800000030100000300190f8a14cb01000668fba3cb22c0fdf8f800',
    expected: { width: 720, height: 576, frameRate: 12.5, profile: 'High', codecString: 'avc1.640016' },
  },
  {
    name: 'High, monochrome',
    record: '0164000dffe1001a6764000df36505421e3e3f016c800000030080000019078a14cb01000668ebe3cb22c0fcf8f800',
    expected: { width: 322, height: 242, frameRate: 25, profile: 'High', codecString: 'avc1.64000d' },
  },
  {
    name: 'High 10',
    record: '016e0020ffe1001a676e0020a6cd9405005bb011000003000100000300640f18319601000668ebe3cb22c0fdfafa00',
    expected: { width: 1280, height: 720, frameRate: 50, profile: 'High 10', codecString: 'avc1.6e0020' },
  },
  {
    name: 'High 4:2:2, cropped',
    record: '017a001fffe1001a677a001fbcd9405005bfbc0440000003004000000c83c60c658001000668ebe3cb22c0fef8f800',
    expected: { width: 1280, height: 718, frameRate: 25, profile: 'High 4:2:2', codecString: 'avc1.7a001f' },
  },
  {
    name: 'High 4:4:4',
    record: '01f4000dffe1001a67f4000d919b282810fc7e0220000003002000000641e28532c001000668ebe3c44844fff8f800',
    expected: {
      width: 320,
      height: 242,
      frameRate: 25,
      profile: 'High 4:4:4 Predictive',
      codecString: 'avc1.f4000d',
    },
  },
] as const;

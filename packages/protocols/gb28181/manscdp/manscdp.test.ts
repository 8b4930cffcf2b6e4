import { ParseError } from '@flux-iot/media/model/parse-error';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { parseAlarm, parseMobilePosition } from './alarm.ts';
import { catalogNodes, parseCatalog, parseCatalogEvents } from './catalog.ts';
import { parseDeviceInfo, parseDeviceStatus } from './device-info.ts';
import { formatTime, parseManscdp, parseTime, writeManscdp } from './message.ts';
import { parsePresets } from './presets.ts';
import { parseRecordInfo } from './record-info.ts';
import { childText, parseXml } from './xml.ts';

const SEED = 18_030;
const BEIJING = 480;

function message(xml: string, encoding = 'gb18030') {
  return parseManscdp(iconv.encode(xml.replace(/\n\s*/g, '\n'), encoding));
}

describe('the messages of the standard', () => {
  it('are a keep-alive (A.2.5.1)', () => {
    const parsed = message(`<?xml version="1.0"?>
      <Notify>
      <CmdType>Keepalive</CmdType>
      <SN>43</SN>
      <DeviceID>64010000001110000001</DeviceID>
      <Status>OK</Status>
      </Notify>`);
    expect(parsed).toMatchObject({
      ...{ kind: 'Notify', command: 'Keepalive', sn: '43', deviceId: '64010000001110000001' },
    });
    expect(childText(parsed.content, 'Status')).toBe('OK');
  });

  it('are a catalog (A.2.6.4)', () => {
    const part = parseCatalog(
      message(`<?xml version="1.0" encoding="GB2312"?>
      <Response>
      <CmdType>Catalog</CmdType>
      <SN>17430</SN>
      <DeviceID>64010000001110000001</DeviceID>
      <SumNum>100</SumNum>
      <DeviceList Num="2">
      <Item>
      <DeviceID>64010000001330000001</DeviceID>
      <Name>摄像机一</Name>
      <Manufacturer>Manufacturer1</Manufacturer>
      <Model>Model1</Model>
      <Owner>Owner1</Owner>
      <CivilCode>CivilCode1</CivilCode>
      <Block>Block1</Block>
      <Address>Address1</Address>
      <Parental>1</Parental>
      <ParentID>64010000001110000001</ParentID>
      <SafetyWay>0</SafetyWay>
      <RegisterWay>1</RegisterWay>
      <Secrecy>0</Secrecy>
      <Status>ON</Status>
      <Longitude>171.3</Longitude>
      <Latitude>34.2</Latitude>
      <Info><PTZType>3</PTZType></Info>
      </Item>
      <Item>
      <DeviceID>64010000001330000002</DeviceID>
      <Name>R&amp;D &#38; A & B</Name>
      <Status>OFF</Status>
      </Item>
      </DeviceList>
      </Response>`),
    );
    expect(part.total).toBe(100);
    expect(part.items[0]).toMatchObject({
      id: '64010000001330000001',
      name: '摄像机一',
      manufacturer: 'Manufacturer1',
      isParent: true,
      parentId: '64010000001110000001',
      isOnline: true,
      longitude: 171.3,
      ptzType: 3,
    });
    expect(part.items[1]).toMatchObject({ name: 'R&D & A & B', isOnline: false, isParent: false });
  });

  it('are changes of a catalog (A.2.5.7)', () => {
    const events = parseCatalogEvents(
      message(`<Notify><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>1</DeviceID><SumNum>2</SumNum>
      <DeviceList Num="2"><Item><DeviceID>34020000001320000001</DeviceID><Event>VLOST</Event></Item>
      <Item><DeviceID>34020000001320000002</DeviceID><Name>x</Name><Event>ADD</Event></Item></DeviceList></Notify>`),
    );
    expect(events.map(({ change, item }) => [change, item.id])).toEqual([
      ['off', '34020000001320000001'],
      ['add', '34020000001320000002'],
    ]);
  });

  it('are what a device is and how it fares (A.2.6.5, A.2.6.6)', () => {
    expect(
      parseDeviceInfo(
        message(`<Response><CmdType>DeviceInfo</CmdType><SN>17430</SN><DeviceID>1</DeviceID><Result>OK</Result>
        <DeviceName>Tiandy</DeviceName><Manufacturer>Tiandy</Manufacturer><Model>TC-2808AN-S4-E</Model>
        <Firmware>V2.1,build 091111</Firmware><Channel>4</Channel></Response>`),
      ),
    ).toEqual({
      name: 'Tiandy',
      manufacturer: 'Tiandy',
      model: 'TC-2808AN-S4-E',
      firmware: 'V2.1,build 091111',
      channels: 4,
    });
    expect(
      parseDeviceStatus(
        message(`<Response><CmdType>DeviceStatus</CmdType><SN>248</SN><DeviceID>1</DeviceID><Result>OK</Result>
        <Online>ONLINE</Online><Status>ERROR</Status><Reason>disk</Reason><Encode>ON</Encode><Record>OFF</Record>
        <DeviceTime>2010-11-11T19:46:17</DeviceTime></Response>`),
      ),
    ).toEqual({
      isOnline: true,
      isWell: false,
      reason: 'disk',
      isEncoding: true,
      isRecording: false,
      deviceTime: '2010-11-11T19:46:17',
    });
  });

  it('are recordings (A.2.6.7)', () => {
    const part = parseRecordInfo(
      message(`<Response><CmdType>RecordInfo</CmdType><SN>17430</SN><DeviceID>64010000001310000001</DeviceID>
      <Name>Camera1</Name><SumNum>2</SumNum><RecordList Num="2">
      <Item><DeviceID>64010000001310000001</DeviceID><Name>Camera1</Name><FilePath>64010000002100000001</FilePath>
      <Address>Address 1</Address><StartTime>2010-11-11T10:10:10</StartTime><EndTime>2010-11-11T10:20:11</EndTime>
      <Secrecy>0</Secrecy><Type>time</Type><FileSize>1024</FileSize></Item>
      <Item><DeviceID>64010000001310000001</DeviceID><StartTime>yesterday</StartTime></Item>
      </RecordList></Response>`),
      BEIJING,
    );
    expect(part.total).toBe(2);
    expect(part.items).toEqual([
      {
        channelId: '64010000001310000001',
        name: 'Camera1',
        start: Date.UTC(2010, 10, 11, 2, 10, 10),
        end: Date.UTC(2010, 10, 11, 2, 20, 11),
        filePath: '64010000002100000001',
        address: 'Address 1',
        type: 'time',
        bytes: 1024,
      },
    ]);
  });

  it('are alarms and positions (A.2.5.3, A.2.5.6)', () => {
    expect(
      parseAlarm(
        message(`<Notify><CmdType>Alarm</CmdType><SN>1</SN><DeviceID>64010000001340000101</DeviceID>
        <AlarmPriority>4</AlarmPriority><AlarmTime>2009-12-04T16:23:32</AlarmTime><AlarmMethod>2</AlarmMethod>
        <Longitude>171.3</Longitude><Latitude>34.2</Latitude></Notify>`),
        BEIJING,
      ),
    ).toMatchObject({
      channelId: '64010000001340000101',
      priority: 4,
      method: 2,
      at: Date.UTC(2009, 11, 4, 8, 23, 32),
    });
    const position = message(`<Notify><CmdType>MobilePosition</CmdType><SN>1</SN><DeviceID>1</DeviceID>
      <Time>2010-11-11T19:46:17</Time><Longitude>118.38</Longitude><Latitude></Latitude></Notify>`);
    expect(parseMobilePosition(position, BEIJING)).toBeUndefined();
  });

  it('are presets (A.2.6.10)', () => {
    expect(
      parsePresets(
        message(`<Response><CmdType>PresetQuery</CmdType><SN>1</SN><DeviceID>1</DeviceID><PresetList Num="2">
        <Item><PresetID>001</PresetID><PresetName>门</PresetName></Item><Item><PresetID>2</PresetID></Item>
        </PresetList></Response>`),
      ),
    ).toEqual({
      total: 2,
      presets: [
        { number: 1, name: '门' },
        { number: 2, name: '' },
      ],
    });
  });

  it('are written as the standard writes them', () => {
    const body = writeManscdp('Query', 'Catalog', 248, '64010000001110000001');
    expect(body.toString('latin1')).toBe(
      '<?xml version="1.0" encoding="GB2312"?>\r\n<Query>\r\n<CmdType>Catalog</CmdType>\r\n<SN>248</SN>\r\n' +
        '<DeviceID>64010000001110000001</DeviceID>\r\n</Query>\r\n',
    );
  });
});

describe('text', () => {
  const NAMES = ['北门', '东区 2 号 <A> & "B"', '𠮷野家', '联通', 'café', '€'];

  it.each(NAMES)('%s comes back in GB 18030 and UTF-8, whatever is declared', name => {
    for (const encoding of ['gb18030', 'utf8'])
      for (const declared of ['GB2312', 'UTF-8', 'GB18030']) {
        const item = name.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
        const xml = `<?xml version="1.0" encoding="${declared}"?><Notify><CmdType>x</CmdType><Name>${item}</Name></Notify>`;
        expect(childText(message(xml, encoding).content, 'Name')).toBe(name);
      }
  });

  it('written is read back', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), value => {
      fc.pre(!/[\p{Cc}\p{Cs}]/u.test(value));
      const items = [{ id: 'a1', name: value || 'x', isParent: false, isOnline: true }];
      const part = parseCatalog(
        parseManscdp(writeManscdp('Response', 'Catalog', 1, '1', catalogNodes(1, items))),
      );
      expect(part.items[0]?.name).toBe(value.trim() || (value === '' ? 'x' : 'a1'));
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });
});

describe('hostile bodies', () => {
  it.each([
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Notify><CmdType>&x;</CmdType></Notify>',
    ],
    [
      'entities that grow',
      '<!DOCTYPE a [<!ENTITY b "aaaaaaaa"><!ENTITY c "&b;&b;">]><Notify><CmdType>&c;</CmdType></Notify>',
    ],
    ['elements in elements', `<Notify>${'<a>'.repeat(500)}`],
    ['no element', 'hello'],
    ['nothing', ''],
    ['another kind', '<Order><CmdType>Catalog</CmdType></Order>'],
    ['no command', '<Notify><SN>1</SN></Notify>'],
  ])('with %s are refused', (_name, xml) => {
    expect(() => parseManscdp(Buffer.from(xml))).toThrow(ParseError);
  });

  it('with more elements than there are channels in the world are refused', () => {
    expect(() => parseXml(Buffer.from(`<Notify>${'<a>1</a>'.repeat(60_000)}</Notify>`))).toThrow(ParseError);
    expect(() => parseXml(Buffer.alloc(1_048_577, 0x20))).toThrow(ParseError);
  });

  it('reach into no prototype', () => {
    expect(() => parseXml(Buffer.from('<a><__proto__><x>1</x></__proto__></a>'))).toThrow(ParseError);
    const { root } = parseXml(Buffer.from('<a><x>1</x></a>'));
    expect(childText(root, 'toString')).toBeUndefined();
  });

  it('are read or refused, whatever bytes come', () => {
    const real = writeManscdp('Response', 'Catalog', 1, '34020000001110000001', [
      ...catalogNodes(2, [
        { id: '34020000001320000001', name: '北门', isParent: false, isOnline: true, ptzType: 1 },
        { id: '34020000001320000002', name: 'b', isParent: false, isOnline: false },
      ]),
    ]);
    const changes = fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const property = fc.property(changes, all => {
      const copy = Buffer.from(real);
      for (const [at, byte] of all) copy[at] = byte;
      try {
        const parsed = parseManscdp(copy);
        for (const read of [
          parseCatalog,
          parseCatalogEvents,
          parseDeviceInfo,
          parseDeviceStatus,
          parsePresets,
        ])
          read(parsed);
        parseRecordInfo(parsed, BEIJING);
        parseAlarm(parsed, BEIJING);
        parseMobilePosition(parsed, BEIJING);
      } catch (cause) {
        expect(cause).toBeInstanceOf(ParseError);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 2000 });
  });
});

describe('times', () => {
  it('are those of the place', () => {
    const time = Date.UTC(2024, 1, 29, 23, 59, 58);
    expect(formatTime(time, BEIJING)).toBe('2024-03-01T07:59:58');
    expect(parseTime('2024-03-01T07:59:58', BEIJING)).toBe(time);
    expect(parseTime('2024-03-01T07:59:58.123', BEIJING)).toBe(time);
    expect(parseTime('2024-2-29 23:59:58', 0)).toBe(time);
    expect(parseTime('2024-02-29T23:59:58Z', BEIJING)).toBe(time);
    expect(parseTime('2024-03-01T01:59:58+02:00', BEIJING)).toBe(time);
    expect(parseTime('now', BEIJING)).toBeUndefined();
    expect(parseTime(undefined, BEIJING)).toBeUndefined();
  });
});

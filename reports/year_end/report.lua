-- Fenced divs of class note or caution become callouts; their title is the attribute `title`, else the fixed word.
-- A raw block of the format `block` holds the key of a table, tiles or a chart and becomes its place in the target.
-- On the page, headings get their numbers here (in print the template counts): 一、（一）1. or 1, 1.1, 1.1.1.
local labels = {}
local chinese = false
local counts = { 0, 0, 0 }
local digits = { "一", "二", "三", "四", "五", "六", "七", "八", "九" }

local function read_meta(meta)
  for _, kind in ipairs({ "note", "caution" }) do
    labels[kind] = pandoc.utils.stringify(meta["label-" .. kind] or "")
  end
  chinese = pandoc.utils.stringify(meta["report-lang"] or "") == "zh"
end

local function callout(div)
  for kind, label in pairs(labels) do
    if div.classes:includes(kind) then
      local title = div.attributes.title or label
      if FORMAT == "typst" then
        local open = '#callout("' .. kind .. '", "' .. title:gsub('[\\"]', "\\%0") .. '")['
        div.content:insert(1, pandoc.RawBlock("typst", open))
        div.content:insert(pandoc.RawBlock("typst", "]"))
        return div.content
      end
      local head = pandoc.Div(pandoc.Plain(pandoc.Str(title)), pandoc.Attr("", { "callout-title" }))
      div.content:insert(1, head)
      div.attributes = { role = "note" }
      div.classes = { "callout", kind }
      return div
    end
  end
end

local function in_chinese(n)
  local tens, ones = n // 10, n % 10
  local head = tens == 0 and "" or tens == 1 and "十" or digits[tens] .. "十"
  return head .. (digits[ones] or "")
end

local function number_of(level)
  if not chinese then
    return table.concat(counts, ".", 1, level) .. " "
  end
  return ({ in_chinese(counts[1]) .. "、", "（" .. in_chinese(counts[2]) .. "）", counts[3] .. ". " })[level]
end

local function heading(h)
  if FORMAT == "typst" or h.level > 3 or h.classes:includes("unnumbered") then
    return nil
  end
  counts[h.level] = counts[h.level] + 1
  for deeper = h.level + 1, 3 do
    counts[deeper] = 0
  end
  h.content:insert(1, pandoc.Span(pandoc.Str(number_of(h.level)), pandoc.Attr("", { "number" })))
  return h
end

local function block(raw)
  if raw.format == "block" and FORMAT == "typst" then
    return pandoc.RawBlock("typst", '#block-of("' .. raw.text .. '")')
  elseif raw.format == "block" then
    return pandoc.RawBlock("html", "<!--" .. raw.text .. "-->")
  end
end

-- In print a paragraph between a heading and a table stays with the table, so that neither ends a page alone.
local function kept_with_next(blocks)
  if FORMAT ~= "typst" then
    return nil
  end
  local kept = pandoc.Blocks({})
  for i, one in ipairs(blocks) do
    local before, after = blocks[i - 1], blocks[i + 1]
    local is_between = before and before.t == "Header" and after and after.t == "RawBlock"
    if one.t == "Para" and is_between and after.text:match("^#block%-of") then
      kept:insert(pandoc.RawBlock("typst", "#block(sticky: true, spacing: 1.05em)["))
      kept:insert(one)
      kept:insert(pandoc.RawBlock("typst", "]"))
    else
      kept:insert(one)
    end
  end
  return kept
end

return { { Meta = read_meta }, { Div = callout, Header = heading, RawBlock = block, Blocks = kept_with_next } }
